extension JSONValue {
    /// The value of the member with this name; nil when there is none or this is no object.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { sameCodePoints($0.name, name) }?.value
    }

    /// The element at this position; nil outside the array or when this is no array.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    public var isNull: Bool { self == .null }

    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    public var number: Double? {
        guard case .number(let value) = self else { return nil }
        return value
    }

    /// The number as an integer; nil when it is none or beyond ±(2^53 - 1), where doubles skip integers.
    public var integer: Int? {
        guard case .number(let value) = self, abs(value) < 0x1p53 else { return nil }
        return Int(exactly: value)
    }

    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    public var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    public var members: [JSONMember]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}
