public import QuipuCBOR

/// The 128-bit sum, over all heads of all fields, of a hash of (record, kind, field, version key, value hash).
/// It is maintained incrementally: terms of new heads are added, terms of lost heads subtracted.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    public private(set) var rawValue: UInt128

    public init(rawValue: UInt128 = 0) { self.rawValue = rawValue }

    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        rawValue = UInt128(bigEndianBytes: bytes)
    }

    public var bytes: [UInt8] { withUnsafeBytes(of: rawValue.bigEndian) { Array($0) } }

    public mutating func add(_ term: UInt128) { rawValue &+= term }

    public mutating func remove(_ term: UInt128) { rawValue &-= term }

    /// The term of one head.
    public static func term(
        record: RecordID, kind: String, field: String, key: VersionKey, value: ValueHash
    ) -> UInt128 {
        var writer = CBORWriter(capacityBytes: 160)
        return term(record: record, kind: kind, field: field, key: key, value: value, in: &writer)
    }

    /// The term of one head, using a shared buffer.
    public static func term(
        record: RecordID, kind: String, field: String, key: VersionKey, value: ValueHash,
        in writer: inout CBORWriter
    ) -> UInt128 {
        writer.reset()
        writer.array(count: 6)
        writer.text("quipu digest 1")
        writer.identifier(record)
        writer.text(kind)
        writer.text(field)
        writer.identifier(key)
        writer.hash(value)
        return BLAKE2b.hash16(writer.bytes)
    }

    /// The term of one visible value in the content digest, which ignores versions.
    public static func contentTerm(record: RecordID, kind: String, field: String, value: ValueHash) -> UInt128
    {
        var writer = CBORWriter(capacityBytes: 160)
        writer.array(count: 5)
        writer.text("quipu content digest 1")
        writer.identifier(record)
        writer.text(kind)
        writer.text(field)
        writer.hash(value)
        return BLAKE2b.hash16(writer.bytes)
    }

    /// Eight groups of four hexadecimal digits, for reading aloud.
    public var description: String {
        let digits = Array(Hexadecimal.text(bytes))
        return stride(from: 0, to: digits.count, by: 4)
            .map { String(digits[$0..<$0 + 4]) }
            .joined(separator: " ")
    }
}
