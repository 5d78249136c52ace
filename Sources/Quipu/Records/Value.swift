internal import QuipuCanonicalJSON

/// A JSON value of a field.
public enum Value: Sendable, Equatable {
    case null
    case bool(Bool)
    /// Finite; integers beyond ±(2^53 - 1) do not fit.
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

    /// JSON has no other numbers.
    var isFinite: Bool {
        switch self {
        case .number(let value): value.isFinite
        case .array(let elements): elements.allSatisfy(\.isFinite)
        case .object(let members): members.values.allSatisfy(\.isFinite)
        default: true
        }
    }

    /// As canonical JSON (RFC 8785) in UTF-8.
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
