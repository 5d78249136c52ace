internal import Quipu

/// `FIELD=VALUE` for text and other simple values, `FIELD:=JSON` for any.
struct Assignment: Equatable, Sendable {
    enum Value: Equatable, Sendable {
        case word(String)
        /// A word that is in a file, or comes from standard input.
        case elsewhere(TypedText)
        /// Canonical.
        case json([UInt8])

        fileprivate init(_ typed: TypedValue) {
            self =
                switch typed {
                case .word(let word): .word(word)
                case .json(let json): .json(json)
                }
        }

        /// Nil for what is elsewhere.
        fileprivate var typed: TypedValue? {
            switch self {
            case .word(let word): .word(word)
            case .json(let json): .json(json)
            case .elsewhere: nil
            }
        }
    }

    /// In normal form C.
    let field: String
    let value: Value

    /// Reads a repeated argument.
    /// - Throws: `UsageError` for what is no assignment, no JSON, or names a field twice.
    static func all(_ values: ParsedArguments, _ argument: String) throws(UsageError) -> [Assignment] {
        var found: [Assignment] = []
        for (field, word) in try values.assignments(argument) {
            let assignment = try Assignment(field: field, word: word)
            if found.contains(where: { $0.field == assignment.field }) {
                throw UsageError("'\(assignment.field)' is given twice", hint: "give each field one value")
            }
            if assignment.value == .elsewhere(.standardInput),
                found.contains(where: { $0.value == assignment.value })
            {
                throw UsageError(
                    "standard input can be only one field's value",
                    hint: "put the other into a file: FIELD=@FILE")
            }
            found.append(assignment)
        }
        return found
    }

    init(field: String, word: String) throws(UsageError) {
        // By bytes, as the "=" was found: a combining mark must not hide the ":".
        guard field.utf8.last == UInt8(ascii: ":") else {
            self.field = field.inNormalFormC
            value =
                switch TypedText(word) {
                case .text(let text): .word(text)
                case let elsewhere: .elsewhere(elsewhere)
                }
            return
        }
        self.field = String(decoding: field.utf8.dropLast(), as: UTF8.self).inNormalFormC
        guard !self.field.isEmpty else {
            throw UsageError("':=\(word.prefix(20))' names no field", hint: "write FIELD:=JSON")
        }
        do throws(TypedValue.Mistake) {
            value = Value(try TypedValue(parsing: word))
        } catch {
            switch error {
            case .tooManyDigits: throw Self.tooManyDigits(self.field, word)
            case .noJSON(let reason):
                throw UsageError(
                    "the value of '\(self.field)' is no JSON: \(reason)",
                    hint: "for plain text leave the colon out: \(self.field)=TEXT")
            }
        }
    }

    /// JSON's numbers are doubles here as in most programs; what those would round is refused.
    private static func tooManyDigits(_ field: String, _ word: String) -> UsageError {
        UsageError(
            "'\(field)' has a number with more digits than a JSON number keeps",
            hint: word.utf8.count < 64 && !word.utf8.contains(UInt8(ascii: "\""))
                ? "give it as text: '\(field)=\(word)'" : "put the number between quotation marks")
    }

    /// With what is in a file or comes from standard input. What makes the text may have failed, so an empty one takes nothing away.
    func read() throws -> Assignment {
        guard case .elsewhere(let typed) = value else { return self }
        let text = try typed.read(for: "the value of '\(field)'")
        guard !text.allSatisfy(\.isWhitespace) else {
            throw QuipuError(
                .wrongType, "there is no text for '\(field)': \(typed.place ?? "the text") is empty",
                hint: "to take its value away write: \(field)=")
        }
        return Assignment(field: field, value: .word(text))
    }

    /// The values that assignments give a record.
    ///
    /// - Throws: `UsageError` where two of them name one field in different words, as a collection by its name and by its handle.
    static func values(
        _ assignments: [Assignment], for kind: RecordKind, in t: borrowing Transaction
    ) throws -> [(name: String, json: [UInt8])] {
        var values: [(name: String, json: [UInt8])] = []
        for assignment in assignments {
            let value = try assignment.value(for: kind, in: t)
            if let other = values.firstIndex(where: { $0.name == value.name }) {
                throw UsageError(
                    "'\(assignments[other].field)' and '\(assignment.field)' are the same field",
                    hint: "give each field one value")
            }
            values.append(value)
        }
        return values
    }

    private init(field: String, value: Value) {
        self.field = field
        self.value = value
    }

    /// The field and the value that it gives a record of a kind. What is elsewhere has been read.
    ///
    /// - Throws: `QuipuError` when the kind or the archive refuses the value, with what was probably meant.
    func value(for kind: RecordKind, in t: borrowing Transaction) throws -> (name: String, json: [UInt8]) {
        guard let typed = value.typed else {
            preconditionFailure("what is elsewhere is read before it is used")
        }
        do throws(QuipuError) {
            return try t.typed(typed, for: field, of: kind)
        } catch {
            guard let hint = try hint(for: error, kind, in: t.before) else { throw error }
            throw error.hinting(hint)
        }
    }

    /// Words that the archive keeps in another spelling, as languages and DOIs, and those.
    static func respelled(
        _ assignments: [Assignment], _ values: [(name: String, json: [UInt8])]
    ) -> [(field: String, value: String)] {
        zip(assignments, values).compactMap { assignment, value in
            guard case .word(let word) = assignment.value, KindSchema.respelledFields.contains(value.name),
                let kept = Quipu.Value(json: value.json)?.string, kept != word
            else { return nil }
            return (value.name, kept)
        }
    }

    private func hint(
        for error: QuipuError, _ kind: RecordKind, in snapshot: borrowing Snapshot
    ) throws -> String? {
        if error.code == .unknownField {
            let near = Suggestion.closest(to: field, among: kind.schema?.settableFields ?? [])
            return near.map {
                "did you mean '\($0)'? your own fields begin with \(KindSchema.ownFieldPrefix)"
            }
        }
        guard error.code == .unknownRecord, field.hasPrefix(Self.collectionPrefix) else { return nil }
        return try snapshot.collectionHint(for: String(field.dropFirst(Self.collectionPrefix.count)))
    }

    private static let collectionPrefix = "collections/"
}
