internal import QuipuCanonicalJSON

/// A JSON value of a field.
public enum Value: Sendable, Equatable {
    case null
    case bool(Bool)
    /// Finite; integers beyond ±(2^53 - 1) are refused by fields, since they may have been rounded.
    case number(Double)
    case string(String)
    case array([Value])
    case object([String: Value])

    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    public var number: Double? {
        if case .number(let value) = self { value } else { nil }
    }

    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var array: [Value]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The member of an object; nil if it has none of that name, or is not an object.
    public subscript(name: String) -> Value? {
        if case .object(let members) = self { members[name] } else { nil }
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self = .string(value) }
}

extension Value: ExpressibleByBooleanLiteral {
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension Value: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
}

extension Value: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Double) { self = .number(value) }
}

extension Value: ExpressibleByNilLiteral {
    public init(nilLiteral: ()) { self = .null }
}

extension Value: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Value...) { self = .array(elements) }
}

extension Value: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Value)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}

extension Value {
    /// Parses JSON text in UTF-8. Nil if it is not valid.
    ///
    /// - Parameter json: as `Fields.json(of:)` gives it, or any other.
    public init?(json: [UInt8]) {
        guard let value = try? JSONParser().parse(json) else { return nil }
        self.init(value)
    }

    private init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .array(let elements): self = .array(elements.map { Value($0) })
        case .object(let members):
            self = .object(
                Dictionary(members.map { ($0.name, Value($0.value)) }) { _, last in last })
        }
    }

    /// Why a field cannot have the value; nil if it can, as far as the value alone tells.
    func refusal(for field: String) -> FieldRefusal? {
        refusal(for: field, levels: JSONParser.maximumDepth)
    }

    /// - Parameter levels: how deeply arrays and objects may still be nested: the value may be deeper than the stack.
    private func refusal(for field: String, levels: Int) -> FieldRefusal? {
        let parts: any Collection<Value>
        switch self {
        case .number(let value):
            if !value.isFinite {
                return FieldRefusal(
                    "'\(field)' was given NaN or infinity, which JSON cannot hold")
            }
            // What an integer of 64 bits may have been before it became a number of JSON.
            guard value.rounded() == value, (0x1p53...0x1p64).contains(value.magnitude) else { return nil }
            return FieldRefusal(
                "'\(field)' was given an integer that a number of JSON cannot hold exactly",
                hint: "give it as a string")
        case .array(let elements): parts = elements
        case .object(let members): parts = members.values
        default: return nil
        }
        guard levels > 0 else {
            return FieldRefusal(
                "'\(field)' was given arrays or objects in more than \(JSONParser.maximumDepth) levels")
        }
        for part in parts {
            if let refusal = part.refusal(for: field, levels: levels - 1) { return refusal }
        }
        return nil
    }

    /// As canonical JSON (RFC 8785) in UTF-8. Of arrays and objects nested by the thousand it needs more than a thread's stack;
    /// fields take 64 levels.
    public var json: [UInt8] { jsonValue.canonicalBytes() }

    private var jsonValue: JSONValue {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        case .array(let elements): .array(elements.map(\.jsonValue))
        case .object(let members):
            .object(members.map { JSONMember(name: $0.key, value: $0.value.jsonValue) })
        }
    }
}

/// Appends a string as canonical JSON, quotation marks included.
package func appendJSONString(_ string: String, to json: inout [UInt8]) {
    appendCanonicalString(string, to: &json)
}
