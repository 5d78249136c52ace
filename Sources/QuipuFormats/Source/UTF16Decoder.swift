/// Turns UTF-16 into UTF-8, a block at a time. Half a surrogate pair, and half a unit at the end, become U+FFFD.
struct UTF16Decoder {
    enum Order {
        case littleEndian
        case bigEndian
    }

    private let order: Order
    private var half: UInt8?
    private var high: UInt16?

    init(_ order: Order) { self.order = order }

    mutating func append(_ bytes: ArraySlice<UInt8>, to out: inout [UInt8]) {
        for byte in bytes {
            guard let first = half else {
                half = byte
                continue
            }
            half = nil
            let (upper, lower) = order == .littleEndian ? (byte, first) : (first, byte)
            take(UInt16(upper) << 8 | UInt16(lower), &out)
        }
    }

    mutating func finish(to out: inout [UInt8]) {
        if half != nil || high != nil { put(0xFFFD, &out) }
        (half, high) = (nil, nil)
    }

    private mutating func take(_ unit: UInt16, _ out: inout [UInt8]) {
        if let first = high {
            high = nil
            if UTF16.isTrailSurrogate(unit) {
                return put(0x1_0000 + (UInt32(first) & 0x3FF) << 10 + UInt32(unit) & 0x3FF, &out)
            }
            put(0xFFFD, &out)
        }
        if UTF16.isLeadSurrogate(unit) {
            high = unit
        } else {
            put(UTF16.isTrailSurrogate(unit) ? 0xFFFD : UInt32(unit), &out)
        }
    }

    private func put(_ value: UInt32, _ out: inout [UInt8]) {
        if value < 0x80 { return out.append(UInt8(value)) }
        guard let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) else { return }
        out.append(contentsOf: encoded)
    }
}
