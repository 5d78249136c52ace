/// Writes RFC 8949 CBOR in its deterministic form (section 4.2.1): shortest lengths, no indefinite lengths. The
/// caller orders map members.
public struct CBORWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init(capacityBytes: Int = 0) { bytes.reserveCapacity(capacityBytes) }

    public mutating func unsigned(_ value: UInt64) { head(0, value) }

    public mutating func integer(_ value: Int64) {
        if value >= 0 { head(0, UInt64(value)) } else { head(1, UInt64(bitPattern: ~value)) }
    }

    public mutating func byteString(_ value: some Collection<UInt8>) {
        head(2, UInt64(value.count))
        append(value)
    }

    public mutating func identifier(_ value: some Identifier16) {
        appendItem(17) { room in
            room.storeBytes(of: 2 << 5 | 16, as: UInt8.self)
            room.storeBytes(of: value.rawValue.bigEndian, toByteOffset: 1, as: UInt128.self)
        }
    }

    public mutating func hash(_ value: some Hash32) {
        appendItem(34) { room in
            room.storeBytes(of: 2 << 5 | 24, as: UInt8.self)
            room.storeBytes(of: 32, toByteOffset: 1, as: UInt8.self)
            room.storeBytes(of: value.high.bigEndian, toByteOffset: 2, as: UInt128.self)
            room.storeBytes(of: value.low.bigEndian, toByteOffset: 18, as: UInt128.self)
        }
    }

    public mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            guard let start = utf8.baseAddress, utf8.count < 24 else {
                head(3, UInt64(utf8.count))
                bytes.append(contentsOf: utf8)
                return
            }
            appendItem(1 + utf8.count) { room in
                room.storeBytes(of: 3 << 5 | UInt8(utf8.count), as: UInt8.self)
                (room + 1).copyMemory(from: start, byteCount: utf8.count)
            }
        }
    }

    /// Text that is available as UTF-8.
    public mutating func text(utf8: some Collection<UInt8>) {
        head(3, UInt64(utf8.count))
        append(utf8)
    }

    public mutating func array(count: Int) { head(4, UInt64(count)) }

    public mutating func map(count: Int) { head(5, UInt64(count)) }

    public mutating func boolean(_ value: Bool) { bytes.append(value ? 0xf5 : 0xf4) }

    public mutating func null() { bytes.append(0xf6) }

    /// Complete items that are encoded already.
    public mutating func raw(_ encoded: some Collection<UInt8>) { append(encoded) }

    /// Empties the buffer and keeps its capacity.
    public mutating func reset() { bytes.removeAll(keepingCapacity: true) }

    /// Appends a short item at once: nearly all hashed data consists of these, and each append costs as much as the
    /// bytes.
    @inline(__always)
    private mutating func appendItem(_ count: Int, _ write: (UnsafeMutableRawPointer) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: 48, alignment: 16) { room in
            guard let start = room.baseAddress else { return }
            write(start)
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
        }
    }

    /// Callers in other modules do not see what they pass as what it is: side by side, as it nearly always lies, it is
    /// copied in one go.
    private mutating func append(_ value: some Collection<UInt8>) {
        if value.withContiguousStorageIfAvailable({ bytes.append(contentsOf: $0) }) == nil {
            bytes.append(contentsOf: value)
        }
    }

    private mutating func head(_ major: UInt8, _ argument: UInt64) {
        let type = major << 5
        switch argument {
        case 0..<24: bytes.append(type | UInt8(argument))
        case 24...0xff:
            bytes.append(type | 24)
            bytes.append(UInt8(argument))
        case 0x100...0xffff:
            bytes.append(type | 25)
            withUnsafeBytes(of: UInt16(argument).bigEndian) { bytes.append(contentsOf: $0) }
        case 0x1_0000...0xffff_ffff:
            bytes.append(type | 26)
            withUnsafeBytes(of: UInt32(argument).bigEndian) { bytes.append(contentsOf: $0) }
        default:
            bytes.append(type | 27)
            withUnsafeBytes(of: argument.bigEndian) { bytes.append(contentsOf: $0) }
        }
    }
}
