/// Integers in LEB128: seven bits a byte, the low ones first.
struct VariableLengthWriter {
    var bytes: [UInt8] = []

    mutating func unsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Zigzag: small magnitudes of either sign stay short.
    mutating func signed(_ value: Int64) { unsigned(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    mutating func distances(_ positions: [Int64], from position: Int64) {
        unsigned(UInt64(positions.count))
        for other in positions { unsigned(UInt64(position - other)) }
    }
}

/// Reads what `VariableLengthWriter` wrote; past the end it yields zeros and remembers that it failed.
struct VariableLengthReader {
    let bytes: [UInt8]
    private var next = 0
    private(set) var failed = false

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { next == bytes.count }

    mutating func unsigned() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while next < bytes.count, shift < 64 {
            let byte = bytes[next]
            next += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        failed = true
        return 0
    }

    mutating func signed() -> Int64 {
        let value = unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A number of things to follow, each of at least a byte: more than there are bytes is a failure.
    mutating func count() -> Int {
        let value = unsigned()
        if value > UInt64(bytes.count - next) {
            failed = true
            return 0
        }
        return Int(value)
    }

    mutating func take(_ count: Int) -> [UInt8] {
        guard bytes.count - next >= count else {
            failed = true
            return []
        }
        defer { next += count }
        return Array(bytes[next..<next + count])
    }

    mutating func distances(from position: Int64) -> [Int64] {
        (0..<count()).map { _ in position &- Int64(truncatingIfNeeded: unsigned()) }
    }
}
