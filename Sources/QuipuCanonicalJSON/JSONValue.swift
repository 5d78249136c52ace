/// A JSON value (RFC 8259) in memory. Object members keep the order in which they were read or built; the
/// canonical form sorts them.
///
/// Equality is of code points, not of what Unicode calls equivalent, and of members in order; two values mean
/// the same JSON when their `canonicalBytes()` are equal.
public enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// Always finite when it comes from the parser.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])
}

/// One `"name": value` of an object.
public struct JSONMember: Sendable {
    public var name: String
    public var value: JSONValue

    public init(name: String, value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONMember: Equatable {
    public static func == (one: JSONMember, other: JSONMember) -> Bool {
        sameCodePoints(one.name, other.name) && one.value == other.value
    }
}

extension JSONValue: Equatable {
    public static func == (one: JSONValue, other: JSONValue) -> Bool {
        switch (one, other) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): sameCodePoints(a, b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }
}

/// `String`'s own `==` calls `é` and `e` + U+0301 equal; JSON does not.
@inline(__always)
func sameCodePoints(_ one: String, _ other: String) -> Bool {
    one.utf8.count == other.utf8.count && one.utf8.elementsEqual(other.utf8)
}
