internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// A value as a person gives it to a field.
package enum TypedValue: Equatable, Sendable {
    /// Text: a text field takes it as it is, other fields parse it.
    case word(String)
    /// Canonical JSON.
    case json([UInt8])

    /// Why a text is not a value.
    package enum Mistake: Error {
        case noJSON(reason: String)
        /// JSON numbers are doubles, as in most programs, and this one would be rounded.
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

extension TypedValue {
    /// Whether it takes a field's value away, whatever the field's type.
    fileprivate var takesAway: Bool {
        switch self {
        case .word(let word): EmptyValue.isBlank(word)
        case .json(let json): json == JSONLiteral.null
        }
    }

    /// Whether it is none, which takes a field's value away (`EmptyValue`). Elements of sets are true or false, and have no empty value.
    fileprivate func isEmpty(for type: Kinds.FieldType) -> Bool {
        switch self {
        case .word(let word): type != .set && EmptyValue.isBlank(word)
        case .json(let json): EmptyValue.isEmpty(json, for: type)
        }
    }
}

extension Transaction {
    /// Resolves a field and a value as a user types them for a record of a kind. Handles become ids if the
    /// field refers to a record, and so do names of collections.
    ///
    /// A language and a DOI get their canonical spelling. An empty value is `null` (`EmptyValue`).
    ///
    /// - Parameter field: in normal form C.
    /// - Throws: `unknownField`, `wrongType`, `missingField`, `tooLarge`; `unknownRecord`, `ambiguousHandle`.
    package func typed(
        _ value: TypedValue, for field: String, of kind: RecordKind
    ) throws(QuipuError) -> (name: String, json: [UInt8]) {
        try QuipuError.presenting {
            if !value.takesAway { try Transaction.checkFieldName(field) }
            // Records of a kind that only a later version knows take any value.
            guard let kind = Kinds.known[kind.rawValue] else {
                let isEmpty = value.isEmpty(for: .unknown)
                let json = isEmpty ? JSONLiteral.null : value.json(of: .unknown) ?? []
                try Kinds.checkBounds(field: field, json: json)
                return (field, json)
            }
            let field = try resolved(field)
            let type = kind[String(field.prefix { $0 != "/" })]?.type ?? .unknown
            if value.isEmpty(for: type) {
                try kind.check(field: field, json: JSONLiteral.null)
                return (field, JSONLiteral.null)
            }
            if type == .reference, case .word(let word) = value {
                let json = canonicalString(try store.find(word).id.text)
                try kind.check(field: field, json: json)
                return (field, json)
            }
            return (field, try value.checked(for: field, of: kind, type))
        }
    }

    /// Maps `collections/NAME` to the field that the archive uses for it.
    private func resolved(_ field: String) throws -> String {
        let prefix = "collections/"
        guard field.hasPrefix(prefix), field != prefix else { return field }
        return prefix + (try store.collection(String(field.dropFirst(prefix.count)))).uuid
    }
}

extension TypedValue {
    /// The value that a word gives a field as it is, without looking at what the archive holds.
    ///
    /// - Returns: canonical JSON.
    /// - Throws: `wrongType`, `tooLarge`.
    static func json(ofWord word: String, for field: String, of kind: RecordKind) throws -> [UInt8] {
        let value = TypedValue.word(word)
        let schema = Kinds.known[kind.rawValue]
        let type = schema?[String(field.prefix { $0 != "/" })]?.type ?? .unknown
        guard let schema else {
            if value.isEmpty(for: type) { return JSONLiteral.null }
            guard let json = value.json(of: type) else { throw type.refusal(of: word, field: field) }
            return json
        }
        if value.isEmpty(for: type) {
            try schema.check(field: field, json: JSONLiteral.null)
            return JSONLiteral.null
        }
        return try value.checked(for: field, of: schema, type)
    }

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
            // One spelling of what can be spelled in several ways.
            if let form = kind[field]?.form, let text = decodeString(json) {
                return canonicalString(form.canonical(text))
            }
            return json
        }
        guard case .word(let word) = self else { return [] }
        // The field itself may be what is wrong, and then that is what to say.
        try kind.check(field: field, json: Array("null".utf8))
        throw type.refusal(of: word, field: field)
    }
}
