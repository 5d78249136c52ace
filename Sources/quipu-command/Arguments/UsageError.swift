/// A command line that cannot be obeyed: the person's mistake, answered with exit code 2.
struct UsageError: Error, Equatable, Sendable {
    /// What is wrong, naming the word it is about; no capital, no full stop.
    let message: String
    /// What to type instead; `nil` when the message says it all.
    let hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}

extension UsageError {
    /// - Parameter what: what is printed: "help is text".
    init(noJSONFor what: String) { self.init("\(what), not JSON", hint: "leave --json out") }
}
