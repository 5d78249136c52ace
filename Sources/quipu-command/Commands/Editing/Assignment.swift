internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// `FIELD=VALUE` for text and other simple values, `FIELD:=JSON` for any.
struct Assignment: Equatable, Sendable {
    enum Value: Equatable, Sendable {
        case word(String)
        /// A word that is in a file, or comes from standard input.
        case elsewhere(TypedText)
        /// Canonical.
        case json([UInt8])
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
            self.field = field.nfc
            value =
                switch TypedText(word) {
                case .text(let text): .word(text)
                case let elsewhere: .elsewhere(elsewhere)
                }
            return
        }
        self.field = String(decoding: field.utf8.dropLast(), as: UTF8.self).nfc
        guard !self.field.isEmpty else {
            throw UsageError("':=\(word.prefix(20))' names no field", hint: "write FIELD:=JSON")
        }
        do {
            let whole = try JSONParser(options: .bigNumbersAsStrings).parse(word)
            guard whole == (try? JSONParser().parse(word)) else { throw Self.tooManyDigits(self.field, word) }
            value = .json(whole.canonicalBytes())
        } catch let error as UsageError {
            throw error
        } catch {
            throw UsageError(
                "the value of '\(self.field)' is no JSON: \(error)",
                hint: "for plain text leave the colon out: \(self.field)=TEXT")
        }
    }

    /// JSON's numbers are doubles here as in most programs; what those would round is refused.
    private static func tooManyDigits(_ field: String, _ word: String) -> UsageError {
        UsageError(
            "'\(field)' has a number with more digits than a JSON number keeps",
            hint: word.utf8.count < 64 && !word.utf8.contains(UInt8(ascii: "\""))
                ? "give it as text: '\(field)=\(word)'" : "put the number between quotation marks")
    }

    /// With what is in a file or comes from standard input.
    func read() throws -> Assignment {
        guard case .elsewhere(let typed) = value else { return self }
        return Assignment(field: field, value: .word(try typed.read(for: "the value of '\(field)'")))
    }

    private init(field: String, value: Value) {
        self.field = field
        self.value = value
    }

    /// The change that it makes to a record of a kind. What is elsewhere has been read.
    ///
    /// Handles become ids here, where a field refers to a record; names of collections too.
    /// - Throws: `StorageError` when the kind or the archive refuses the value.
    func change(kind: Kinds.Kind?, store: Store) throws -> Edit.Change {
        // Records of a kind that only a later version knows take what they are given.
        guard let kind else {
            let json = json(of: .unknown) ?? []
            try Kinds.checkBounds(field: field, json: json)
            return Edit.Change(field: field, json: json)
        }
        let field = try resolvedField(store)
        let type = kind[String(field.prefix { $0 != "/" })]?.type ?? .unknown
        var json = json(of: type)
        if type == .reference, case .word(let word) = value {
            json = canonicalString(try store.find(word).id.text)
        }
        guard let json else {
            guard case .word(let word) = value else { return Edit.Change(field: field, json: []) }
            // The field itself may be what is wrong, and then that is what to say.
            try check(kind, field, Array("null".utf8))
            throw type.refusal(of: word, field: field)
        }
        try check(kind, field, json)
        return Edit.Change(field: field, json: json)
    }

    private func json(of type: Kinds.FieldType) -> [UInt8]? {
        switch value {
        case .json(let json): json
        case .word(let word): type.json(ofWord: word)
        case .elsewhere: nil
        }
    }

    /// `collections/NAME` as the field that the archive has for it.
    private func resolvedField(_ store: Store) throws -> String {
        let prefix = "collections/"
        guard field.hasPrefix(prefix), field != prefix else { return field }
        return prefix + (try store.collection(String(field.dropFirst(prefix.count)))).text
    }

    /// The store's refusal, with the field that was probably meant.
    private func check(_ kind: Kinds.Kind, _ field: String, _ json: [UInt8]) throws {
        do {
            try kind.check(field: field, json: json)
        } catch {
            guard error.code == .unknownField,
                let near = Suggestion.closest(to: field, among: kind.settableFields)
            else { throw error }
            throw StorageError(
                .unknownField, error.message,
                hint: "did you mean '\(near)'? your own fields begin with \(Kinds.ownFieldPrefix)")
        }
    }
}
