/// A value bound to a placeholder of a statement; each travels in binary form under its own type.
public enum Argument: Sendable {
    case null
    /// `bigint`
    case integer(Int64)
    /// `text`
    case text(String)
    /// `bytea`
    case bytes([UInt8])
    /// `bytea[]`, as `= ANY ($1)` takes it.
    case listOfBytes([[UInt8]])
    /// `text[]`
    case listOfTexts([String])

    public static func integer(_ value: Int) -> Argument { .integer(Int64(value)) }

    /// `NULL` where there is no value.
    public static func integer(_ value: Int64?) -> Argument { value.map { .integer($0) } ?? .null }
    public static func text(_ value: String?) -> Argument { value.map { .text($0) } ?? .null }

    /// Numbers of the types, the same in every database that speaks the protocol (`pg_type.dat`).
    private enum TypeNumber {
        static let bytes: UInt32 = 17
        static let integer: UInt32 = 20
        static let text: UInt32 = 25
        static let listOfBytes: UInt32 = 1001
        static let listOfTexts: UInt32 = 1009
    }

    var typeNumber: UInt32 {
        switch self {
        case .null: 0
        case .integer: TypeNumber.integer
        case .text: TypeNumber.text
        case .bytes: TypeNumber.bytes
        case .listOfBytes: TypeNumber.listOfBytes
        case .listOfTexts: TypeNumber.listOfTexts
        }
    }

    /// Its form on the wire; nil for `NULL`.
    var encoded: [UInt8]? {
        switch self {
        case .null: nil
        case .integer(let value): value.bigEndianBytes
        case .text(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        case .listOfBytes(let items): Self.list(items, of: TypeNumber.bytes)
        case .listOfTexts(let items): Self.list(items.map { Array($0.utf8) }, of: TypeNumber.text)
        }
    }

    /// Dimensions, whether there are nulls, the elements' type; count and first index of the one dimension; then each
    /// element behind its length (`array_send`).
    private static func list(_ items: [[UInt8]], of type: UInt32) -> [UInt8] {
        let dimensions: Int32 = items.isEmpty ? 0 : 1
        var out = dimensions.bigEndianBytes + Int32(0).bigEndianBytes + type.bigEndianBytes
        if items.isEmpty { return out }
        out += Int32(clamping: items.count).bigEndianBytes + Int32(1).bigEndianBytes
        for item in items {
            out += Int32(clamping: item.count).bigEndianBytes
            out += item
        }
        return out
    }
}

extension FixedWidthInteger {
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
