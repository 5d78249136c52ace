/// A value bound to a placeholder of a statement.
public enum Argument: Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    /// UTF-8 bytes bound as TEXT, for text that is already at hand as bytes.
    case utf8([UInt8])
    case blob([UInt8])

    public static func integer(_ value: Int) -> Argument { .integer(Int64(value)) }
    public static func boolean(_ value: Bool) -> Argument { .integer(value ? 1 : 0) }

    /// `NULL` where there is no value.
    public static func integer(_ value: Int64?) -> Argument { value.map { .integer($0) } ?? .null }
    public static func text(_ value: String?) -> Argument { value.map { .text($0) } ?? .null }
    public static func blob(_ value: [UInt8]?) -> Argument { value.map { .blob($0) } ?? .null }
    public static func utf8(_ value: [UInt8]?) -> Argument { value.map { .utf8($0) } ?? .null }
}
