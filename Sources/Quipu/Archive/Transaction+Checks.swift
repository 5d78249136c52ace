internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

extension Transaction {
    /// - Throws: `unknownField`, `wrongType`, `missingField`, `tooLarge`.
    func check(_ fields: Fields, of kind: RecordKind) throws(QuipuError) {
        if let refusal = fields.refused.first?.refusal {
            throw QuipuError(.wrongType, refusal.message, hint: refusal.hint)
        }
        try QuipuError.presenting {
            for (name, json) in fields.assigned {
                try Self.checkTag(name)
                if json != JSONLiteral.null { try Self.checkFieldName(name) }
                if kind == .collection, name == "name", let text = decodeString(json) {
                    try GivenText.check(line: text, as: "a collection's name")
                }
                // Records of a kind that only a later version knows take any value.
                if let known = Kinds.known[kind.rawValue] {
                    try known.check(field: name, json: json)
                } else {
                    try Kinds.checkBounds(field: name, json: json)
                }
            }
        }
    }

    /// Collections are identified by their names, so two may not be given the same one by hand.
    func checkName(
        _ values: [(name: String, json: [UInt8])], of kind: RecordKind, _ id: RecordID?
    ) throws(QuipuError) {
        try QuipuError.presenting {
            guard kind == .collection, let value = values.first(where: { $0.name == "name" }),
                let name = decodeString(value.json), let taken = try store.collections.id(named: name),
                taken != id?.stored
            else { return }
            throw QuipuError(
                .badName, "there is a collection '\(name)' already: \(taken.shortHandle)")
        }
    }

    /// A saved search must be readable: nobody looks at the notes on a query that is run by its name.
    func checkQuery(
        _ values: [(name: String, json: [UInt8])], of kind: RecordKind, _ id: RecordID?
    ) throws(QuipuError) {
        try QuipuError.presenting {
            guard kind == .collection, let value = values.last(where: { $0.name == SavedSearch.field }),
                let text = decodeString(value.json)
            else { return }
            let query = QuipuStorage.Query(text)
            if let note = query.notes.first { throw QuipuError(.wrongType, note.message) }
            guard !query.isBlank else {
                throw QuipuError(
                    .wrongType, "'\(SavedSearch.field)' is empty",
                    hint: "remove the value of the field instead",
                    remedy: .init(Remedy(.removeValue, SavedSearch.field)))
            }
            if let id, try store.queries.looks(query, into: id.stored) {
                throw QuipuError(.wrongType, "a saved search cannot look into itself")
            }
        }
    }

    /// A name with a character that nobody sees looks like another field. One that an import brought can be taken away.
    static func checkFieldName(_ name: String) throws(QuipuError) {
        guard !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw QuipuError(
                .unknownField, "a field's name has no control characters: '\(name)'",
                hint: "write the name without them")
        }
    }

    /// A tag is one line without spaces at its ends, so that tags that look alike are equal.
    static func checkTag(_ name: String) throws(QuipuError) {
        guard name.hasPrefix(Fields.tagPrefix) else { return }
        let tag = name.dropFirst(Fields.tagPrefix.count).unicodeScalars
        guard !tag.isEmpty else { throw QuipuError(.wrongType, "a tag is not empty") }
        let hasSpace = [tag.first, tag.last].contains { $0?.properties.isWhitespace == true }
        guard !hasSpace, !tag.contains(where: { $0.properties.generalCategory == .control }) else {
            throw QuipuError(.wrongType, "a tag is one line of text without spaces at its ends")
        }
    }

    /// A collection is the same wherever it is made, so its id follows from its name.
    func newID(of kind: RecordKind, _ name: String?) throws(QuipuError) -> QuipuCausality.RecordID {
        try QuipuError.presenting {
            guard kind == .collection, let name else { return .timeOrdered(store.environment) }
            return try store.collections.newID(named: name)
        }
    }
}
