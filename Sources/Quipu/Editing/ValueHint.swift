/// What to do about a value that a field does not take, in the syntax in which somebody gives values.
package struct ValueHint: Sendable {
    private let text: @Sendable (_ field: String, _ text: String) -> String
    private let json: @Sendable (_ field: String, _ json: String) -> String
    private let removal: @Sendable (_ field: String) -> String

    /// - Parameters:
    ///   - text: how a field is given a text, or a value of one word.
    ///   - json: how it is given JSON.
    ///   - removal: how its value is removed, in a sentence.
    package init(
        text: @escaping @Sendable (_ field: String, _ text: String) -> String,
        json: @escaping @Sendable (_ field: String, _ json: String) -> String,
        removal: @escaping @Sendable (_ field: String) -> String
    ) {
        self.text = text
        self.json = json
        self.removal = removal
    }

    /// Nil for a remedy that is about something else.
    package func words(for remedy: QuipuError.Remedy) -> String? {
        let subject = remedy.subject
        switch remedy.word {
        case "giveText": return "write: \(text(subject, "some words"))"
        case "giveTexts": return "write: \(text(subject, "one")), or \(json(subject, #"["one","two"]"#))"
        case "giveBoolean": return "write: \(text(subject, "true")), or \(text(subject, "false"))"
        case "giveNumber": return "write: \(text(subject, "42"))"
        case "giveDate": return "write: \(text(subject, "2026-03-04"))"
        case "giveObject": return "write: \(json(subject, #"{"name":"value"}"#))"
        case "giveJSON": return "write: \(json(subject, "JSON"))"
        case "giveElement":
            return "write: \(text(subject + "/ELEMENT", "true")) to put one in, or "
                + "\(text(subject + "/ELEMENT", "false")) to take it out"
        case "removeValue": return removal(subject)
        case "giveValue": return "write: \(assignment(subject))"
        case "giveExample": return "write for example: \(assignment(subject))"
        case "giveMeant": return "did you mean: \(assignment(subject))"
        case "giveMissing": return "add it: \(assignment(subject))"
        default: return nil
        }
    }

    /// - Parameter subject: `FIELD=TEXT`.
    private func assignment(_ subject: String) -> String {
        let parts = subject.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return text(String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
}
