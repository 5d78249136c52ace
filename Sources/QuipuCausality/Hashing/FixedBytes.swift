/// An identifier of sixteen bytes; ordered as bytes, written in big-endian order.
public protocol Identifier16: Hashable, Comparable, Sendable {
    var rawValue: UInt128 { get }
    init(rawValue: UInt128)
}

extension Identifier16 {
    public static var size: Int { 16 }

    /// - Parameter bytes: exactly 16 of them; otherwise nil.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.size else { return nil }
        self.init(rawValue: UInt128(bigEndianBytes: bytes))
    }

    public var bytes: [UInt8] {
        withUnsafeBytes(of: rawValue.bigEndian) { Array($0) }
    }

    /// 32 lower-case hexadecimal digits.
    public var hexadecimal: String { Hexadecimal.text(bytes) }

    public init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.bytes(text) else { return nil }
        self.init(bytes: bytes)
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A 256-bit BLAKE2b hash; ordered as bytes.
public protocol Hash32: Hashable, Comparable, Sendable {
    var high: UInt128 { get }
    var low: UInt128 { get }
    init(high: UInt128, low: UInt128)
}

extension Hash32 {
    public static var size: Int { 32 }

    /// - Parameter bytes: exactly 32 of them; otherwise nil.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.size else { return nil }
        let halves = bytes.withContiguousStorageIfAvailable { bytes in
            let raw = UnsafeRawBufferPointer(bytes)
            return (
                UInt128(bigEndian: raw.loadUnaligned(as: UInt128.self)),
                UInt128(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt128.self))
            )
        }
        let (high, low) =
            halves
            ?? (UInt128(bigEndianBytes: bytes.prefix(16)), UInt128(bigEndianBytes: bytes.dropFirst(16)))
        self.init(high: high, low: low)
    }

    public var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(Self.size)
        append(to: &out)
        return out
    }

    public func append(to out: inout [UInt8]) {
        withUnsafeBytes(of: high.bigEndian) { out.append(contentsOf: $0) }
        withUnsafeBytes(of: low.bigEndian) { out.append(contentsOf: $0) }
    }

    public var hexadecimal: String { Hexadecimal.text(bytes) }

    public static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension UInt128 {
    /// - Parameter bytes: sixteen bytes. They are nearly always contiguous and loaded at once: identifiers and hashes
    ///   are read several times for each change.
    init(bigEndianBytes bytes: some Collection<UInt8>) {
        let loaded = bytes.withContiguousStorageIfAvailable {
            UInt128(bigEndian: UnsafeRawBufferPointer($0).loadUnaligned(as: UInt128.self))
        }
        self = loaded ?? bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }
}
