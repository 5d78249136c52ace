internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuDates

extension Kinds {
    /// Checks what holds for every field of every kind.
    /// - Throws: `StorageError`: `tooLarge`, `unknownField` for an empty name, or `wrongType` for `deleted` and `mergedInto`, which
    ///   are set in other ways.
    public static func checkBounds(field: String, json: [UInt8]) throws(StorageError) {
        guard !field.isEmpty else { throw StorageError(.unknownField, "the name of a field is empty") }
        guard field.utf8.count <= Limits.fieldNameBytes else {
            throw StorageError(
                .tooLarge, "a field's name has at most \(Limits.fieldNameBytes) bytes",
                hint: "choose a shorter name")
        }
        guard json.count <= Limits.valueBytes else {
            throw StorageError(
                .tooLarge, "the value of '\(field)' is larger than \(Limits.valueBytes >> 20) MiB",
                hint: "split it into several records")
        }
        if field == "deleted" {
            throw StorageError(
                .wrongType, "'deleted' is not set by hand", remedy: Remedy(.deleteOrRestore))
        }
        if field == MergedInto.field {
            throw StorageError(
                .wrongType, "'\(MergedInto.field)' is not set by hand",
                hint: "merge the records, or take one out of the other again")
        }
    }
}

extension Kinds.Kind {
    /// Checks a value that a person gives a field of this kind. `null` takes a value away, and is right for
    /// all but required ones.
    ///
    /// - Parameters:
    ///   - field: in normal form C; `SET/ELEMENT` for an element of a set.
    ///   - json: canonical.
    /// - Throws: `StorageError`: `unknownField`, `wrongType`, `missingField` for a required field without a
    ///   value, `tooLarge`.
    public func check(field: String, json: [UInt8]) throws(StorageError) {
        try Kinds.checkBounds(field: field, json: json)
        if field.hasPrefix(Kinds.ownFieldPrefix) {
            guard field != Kinds.ownFieldPrefix else {
                throw StorageError(
                    .unknownField, "a field of your own needs a name behind '\(Kinds.ownFieldPrefix)'",
                    hint: "for example: \(Kinds.ownFieldPrefix)shelf",
                    remedy: Remedy(.giveExample, "\(Kinds.ownFieldPrefix)shelf=3"))
            }
            return
        }
        let set = field.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let declared = self[String(set[0])]
        guard let declared, declared.type == .set || set.count == 1 else {
            let own = "your own begin with \(Kinds.ownFieldPrefix)"
            throw StorageError(
                .unknownField, "\(name) has no field '\(field)'",
                hint: "it has: \(settableFields.joined(separator: ", ")); \(own)")
        }
        if declared.type == .set {
            try check(element: set.count > 1 ? String(set[1]) : "", of: declared, json: json)
        } else if json == JSONLiteral.null {
            guard declared.isRequired else { return }
            throw StorageError(
                .missingField, "\(name) needs '\(field)'", hint: "give it another value instead")
        } else if !declared.type.accepts(json) {
            throw StorageError(
                .wrongType, "'\(field)' takes \(declared.type.expectation)",
                hint: declared.type.hint, remedy: declared.type.remedy(field))
        } else if declared.isRequired, decodeString(json)?.allSatisfy(\.isWhitespace) == true {
            throw StorageError(
                .missingField, "\(name) needs '\(field)', and it is empty", hint: "give it another value")
        } else if decodeString(json)?.utf8.contains(0) == true {
            throw StorageError(
                .wrongType, "'\(field)' has a NUL character, which no text has",
                hint: "take it out of the text")
        } else if let values = declared.values, !values.contains(where: { canonicalString($0) == json }) {
            throw StorageError(
                .wrongType, "'\(field)' takes \(values.joined(separator: " or "))",
                remedy: values.first.map { Remedy(.giveValue, "\(field)=\($0)") })
        } else if let form = declared.form, let text = decodeString(json), !form.accepts(text) {
            throw form.refusal(of: text, field: field)
        }
    }

    /// Fails when a new record lacks what its kind requires.
    public func check(required given: some Collection<String>) throws(StorageError) {
        if let missing = fields.first(where: { $0.isRequired && !given.contains($0.name) }) {
            throw StorageError(
                .missingField, "\(name) needs '\(missing.name)'",
                remedy: Remedy(.giveMissing, "\(missing.name)=\(missing.type.placeholder)"))
        }
    }

    /// The fields that a person may name in `FIELD=VALUE`.
    public var settableFields: [String] {
        fields.filter { $0.type != .set && $0.name != "deleted" && $0.name != MergedInto.field }.map(\.name)
    }

    private func check(element: String, of set: Kinds.Field, json: [UInt8]) throws(StorageError) {
        guard !element.isEmpty else {
            let message = "'\(set.name)' is a set: its elements are fields of their own"
            throw set.name == "tags"
                ? StorageError(.wrongType, message, remedy: Remedy(.tag))
                : StorageError(.wrongType, message, remedy: Remedy(.giveElement, set.name))
        }
        guard json == JSONLiteral.true || json == JSONLiteral.false else {
            throw StorageError(
                .wrongType, "'\(set.name)/\(element)' takes true or false",
                hint: "true puts it in, false takes it out")
        }
    }
}

extension Kinds.FieldType {
    /// The value of a word that a person typed: text stays text, but for types that are none.
    ///
    /// - Returns: canonical JSON; nil when the word is no value of the type.
    public func json(ofWord word: String) -> [UInt8]? {
        switch self {
        case .text, .textOrList, .date, .reference, .unknown:
            let json = canonicalString(word)
            return accepts(json) ? json : nil
        case .boolean, .set: return word == "true" || word == "false" ? Array(word.utf8) : nil
        case .number, .object:
            // A number that a double would round becomes a string here, which is no value of either type.
            guard let value = try? JSONParser(options: .bigNumbersAsStrings).parse(word),
                value == (try? JSONParser().parse(word))
            else { return nil }
            let json = value.canonicalBytes()
            return accepts(json) ? json : nil
        }
    }

    /// Whether canonical JSON is a value of the type.
    func accepts(_ json: [UInt8]) -> Bool {
        switch self {
        case .text: json.first == UInt8(ascii: "\"")
        case .textOrList:
            json.first == UInt8(ascii: "\"")
                || (try? JSONParser().parse(json))?.array?.allSatisfy { $0.string != nil } == true
        case .boolean, .set: json == JSONLiteral.true || json == JSONLiteral.false
        case .number: json.first.map { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) } == true
        case .date: decodeString(json).map(CalendarDate.isDate) == true
        case .reference: RecordID(canonicalText: json) != nil
        case .object: json.first == UInt8(ascii: "{")
        case .unknown: true
        }
    }

    /// What the type takes, in words.
    public var expectation: String {
        switch self {
        case .text: "text"
        case .textOrList: "text, or a list of texts"
        case .boolean, .set: "true or false"
        case .number: "a number"
        case .date: "a date: YYYY, YYYY-MM, YYYY-MM-DD or a time as 2026-03-04T05:06:07Z"
        case .reference: "the id of a record"
        case .object: "a JSON object"
        case .unknown: "any value"
        }
    }

    var hint: String? { self == .reference ? "give the id or the handle of a record" : nil }

    func remedy(_ field: String) -> Remedy {
        switch self {
        case .text: Remedy(.giveText, field)
        case .textOrList: Remedy(.giveTexts, field)
        case .boolean, .set: Remedy(.giveBoolean, field)
        case .number: Remedy(.giveNumber, field)
        case .date: Remedy(.giveDate, field)
        case .reference: Remedy(.listRecords)
        case .object: Remedy(.giveObject, field)
        case .unknown: Remedy(.giveJSON, field)
        }
    }

    var placeholder: String {
        switch self {
        case .reference: "ID"
        case .date: "2026-03-04"
        case .boolean, .set: "true"
        case .number: "42"
        default: "…"
        }
    }

    /// The refusal of a word that is no value of the type.
    public func refusal(of word: String, field: String) -> StorageError {
        // A whole article pasted into the wrong place would hide what is wrong.
        let shown = word.count > 40 ? "\(word.prefix(40))…" : word
        return StorageError(
            .wrongType, "'\(field)' takes \(expectation), not '\(shown)'",
            hint: word.isEmpty ? Kinds.removalHint : hint,
            remedy: word.isEmpty ? Remedy(.removeValue, field) : remedy(field))
    }
}

extension Kinds {
    static let removalHint = "remove the value of the field instead"
}

extension Kinds.FieldForm {
    /// The refusal of a text that does not have the form.
    fileprivate func refusal(of text: String, field: String) -> StorageError {
        let shown = text.count > 40 ? "\(text.prefix(40))…" : text
        let message = "'\(field)' takes \(expectation), not '\(shown)'"
        if text.isEmpty {
            return StorageError(
                .wrongType, message, hint: Kinds.removalHint, remedy: Remedy(.removeValue, field))
        }
        if let meant = nearest(text) {
            return StorageError(
                .wrongType, message, hint: "did you mean: \(meant)",
                remedy: Remedy(.giveMeant, "\(field)=\(meant)"))
        }
        return StorageError(
            .wrongType, message, hint: "for example: \(example)",
            remedy: Remedy(.giveExample, "\(field)=\(example)"))
    }
}
