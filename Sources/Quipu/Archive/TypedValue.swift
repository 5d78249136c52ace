internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// A value as a person gives it to a field.
package enum TypedValue: Equatable, Sendable {
    /// What a field that holds text takes as it is, and others by what it says.
    case word(String)
    /// Canonical JSON.
    case json([UInt8])

    /// Why a text is no value.
    package enum Mistake: Error {
        case noJSON(reason: String)
        /// JSON's numbers are doubles here as in most programs, and one of these would be rounded.
        case tooManyDigits
    }

    /// - Parameter json: JSON text.
    package init(parsing json: String) throws(Mistake) {
        do {
            let whole = try JSONParser(options: .bigNumbersAsStrings).parse(json)
            guard whole == (try? JSONParser().parse(json)) else { throw Mistake.tooManyDigits }
            self = .json(whole.canonicalBytes())
        } catch let mistake as Mistake {
            throw mistake
        } catch {
            throw .noJSON(reason: "\(error)")
        }
    }
}

extension Transaction {
    /// The field and the value that a person means who gives a record of some kind a value. Handles become ids where a
    /// field refers to a record, and names of collections too.
    ///
    /// - Parameter field: in normal form C.
    /// - Throws: `unknownField`, `wrongType`, `missingField`, `tooLarge`; `unknownRecord`, `ambiguousHandle`.
    package func typed(
        _ value: TypedValue, for field: String, of kind: RecordKind
    ) throws(QuipuError) -> (name: String, json: [UInt8]) {
        try QuipuError.presenting {
            // Records of a kind that only a later version knows take what they are given.
            guard let kind = Kinds.known[kind.rawValue] else {
                let json = value.json(of: .unknown) ?? []
                try Kinds.checkBounds(field: field, json: json)
                return (field, json)
            }
            let field = try resolved(field)
            let type = kind[String(field.prefix { $0 != "/" })]?.type ?? .unknown
            if type == .reference, case .word(let word) = value {
                let json = canonicalString(try store.find(word).id.text)
                try kind.check(field: field, json: json)
                return (field, json)
            }
            return (field, try value.checked(for: field, of: kind, type))
        }
    }

    /// The value that a word gives a field of a record whose other values stand against each other.
    ///
    /// - Throws: `wrongType`, `tooLarge`.
    func typed(_ word: String, for conflict: Conflict) throws -> [UInt8] {
        let value = TypedValue.word(word)
        let kind = Kinds.known[conflict.record.kind.rawValue]
        let type = kind?[String(conflict.field.prefix { $0 != "/" })]?.type ?? .unknown
        guard let json = value.json(of: type) else { throw type.refusal(of: word, field: conflict.field) }
        try kind?.check(field: conflict.field, json: json)
        return json
    }

    /// `collections/NAME` as the field that the archive has for it.
    private func resolved(_ field: String) throws -> String {
        let prefix = "collections/"
        guard field.hasPrefix(prefix), field != prefix else { return field }
        return prefix + (try store.collection(String(field.dropFirst(prefix.count)))).uuid
    }
}

extension TypedValue {
    fileprivate func json(of type: Kinds.FieldType) -> [UInt8]? {
        switch self {
        case .json(let json): json
        case .word(let word): type.json(ofWord: word)
        }
    }

    fileprivate func checked(
        for field: String, of kind: Kinds.Kind, _ type: Kinds.FieldType
    ) throws -> [UInt8] {
        if let json = json(of: type) {
            try kind.check(field: field, json: json)
            return json
        }
        guard case .word(let word) = self else { return [] }
        // The field itself may be what is wrong, and then that is what to say.
        try kind.check(field: field, json: Array("null".utf8))
        throw type.refusal(of: word, field: field)
    }
}
