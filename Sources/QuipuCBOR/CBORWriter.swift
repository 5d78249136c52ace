/// Writes RFC 8949 CBOR in its deterministic form (section 4.2.1): shortest lengths, no indefinite lengths. The
/// caller orders map members.
public struct CBORWriter: Sendable {
    @usableFromInline var written: [UInt8] = []

    /// What has been written.
    @inlinable public var bytes: [UInt8] { written }

    /// - Parameter capacityBytes: room to begin with; more is made as it is needed.
    public init(capacityBytes: Int = 0) { written.reserveCapacity(capacityBytes) }

    public mutating func unsigned(_ value: UInt64) { head(0, value) }

    public mutating func integer(_ value: Int64) {
        if value >= 0 { head(0, UInt64(value)) } else { head(1, UInt64(bitPattern: ~value)) }
    }

    @inlinable public mutating func byteString(_ value: some Collection<UInt8>) {
        head(2, UInt64(value.count))
        append(value)
    }

    /// A byte string of sixteen bytes, in big-endian order.
    public mutating func bytes16(_ value: UInt128) {
        appendItem(17) { room in
            room.storeBytes(of: 2 << 5 | 16, as: UInt8.self)
            room.storeBytes(of: value.bigEndian, toByteOffset: 1, as: UInt128.self)
        }
    }

    /// A byte string of 32 bytes, in big-endian order.
    public mutating func bytes32(high: UInt128, low: UInt128) {
        appendItem(34) { room in
            room.storeBytes(of: 2 << 5 | 24, as: UInt8.self)
            room.storeBytes(of: 32, toByteOffset: 1, as: UInt8.self)
            room.storeBytes(of: high.bigEndian, toByteOffset: 2, as: UInt128.self)
            room.storeBytes(of: low.bigEndian, toByteOffset: 18, as: UInt128.self)
        }
    }

    public mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            guard let start = utf8.baseAddress, utf8.count < 24 else {
                head(3, UInt64(utf8.count))
                written.append(contentsOf: utf8)
                return
            }
            appendItem(1 + utf8.count) { room in
                room.storeBytes(of: 3 << 5 | UInt8(utf8.count), as: UInt8.self)
                (room + 1).copyMemory(from: start, byteCount: utf8.count)
            }
        }
    }

    /// Text that is available as UTF-8.
    @inlinable public mutating func text(utf8: some Collection<UInt8>) {
        head(3, UInt64(utf8.count))
        append(utf8)
    }

    public mutating func array(count: Int) { head(4, UInt64(count)) }

    public mutating func map(count: Int) { head(5, UInt64(count)) }

    public mutating func boolean(_ value: Bool) { written.append(value ? 0xf5 : 0xf4) }

    public mutating func null() { written.append(0xf6) }

    /// Complete items that are encoded already.
    @inlinable public mutating func raw(_ encoded: some Collection<UInt8>) { append(encoded) }

    /// Empties the buffer and keeps its capacity.
    public mutating func reset() { written.removeAll(keepingCapacity: true) }

    /// Appends a short item at once: nearly all hashed data consists of these, and each append costs as much as the
    /// bytes.
    @inline(__always)
    private mutating func appendItem(_ count: Int, _ write: (UnsafeMutableRawPointer) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: 48, alignment: 16) { room in
            guard let start = room.baseAddress else { return }
            write(start)
            written.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
        }
    }

    /// Bytes that lie side by side, as nearly all do, are copied in one go.
    @inlinable mutating func append(_ value: some Collection<UInt8>) {
        if value.withContiguousStorageIfAvailable({ written.append(contentsOf: $0) }) == nil {
            written.append(contentsOf: value)
        }
    }

    @usableFromInline mutating func head(_ major: UInt8, _ argument: UInt64) {
        let type = major << 5
        switch argument {
        case 0..<24: written.append(type | UInt8(argument))
        case 24...0xff:
            written.append(type | 24)
            written.append(UInt8(argument))
        case 0x100...0xffff:
            written.append(type | 25)
            withUnsafeBytes(of: UInt16(argument).bigEndian) { written.append(contentsOf: $0) }
        case 0x1_0000...0xffff_ffff:
            written.append(type | 26)
            withUnsafeBytes(of: UInt32(argument).bigEndian) { written.append(contentsOf: $0) }
        default:
            written.append(type | 27)
            withUnsafeBytes(of: argument.bigEndian) { written.append(contentsOf: $0) }
        }
    }
}
