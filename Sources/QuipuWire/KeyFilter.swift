internal import QuipuCBOR
internal import QuipuCausality

/// A set of record keys in little more than two bytes for each, with false positives for one key in 65,536 (a
/// Golomb-coded set: Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2009).
///
/// Keys are mapped to a range of 65,536 places per key, sorted, and encoded by their distances: the quotient by
/// 65,536 in unary, the remainder in 16 bits. There are no false negatives.
public struct KeyFilter: Sendable, Equatable {
    /// The most keys that fit into a header beside the rest.
    public static let maximumKeys = 16_384
    private static let restBits = 16
    /// The quotients add up to at most the number of keys, and each has a terminating zero.
    static func maximumBytes(_ keyCount: Int) -> Int { (keyCount * (restBits + 2) + 7) / 8 }

    /// The number of keys that fit into `roomBytes`.
    public static func keyCount(roomBytes: Int) -> Int {
        min(max(0, roomBytes) * 8 / (restBits + 2), maximumKeys)
    }

    /// The salt of the keys, drawn for this filter: nobody can prepare keys that are false positives.
    public let salt: UInt64
    /// Whether the sender has more records than the filter holds.
    public let isPartial: Bool
    /// The places of the keys, sorted.
    private let places: [UInt64]

    public init(_ keys: some Collection<UInt64>, salt: UInt64, isPartial: Bool) {
        precondition(keys.count <= Self.maximumKeys, "a filter has more keys than fit into a header")
        self.salt = salt
        self.isPartial = isPartial
        let count = keys.count
        places = keys.map { Self.place(of: $0, among: count) }.sorted()
    }

    public var keyCount: Int { places.count }

    public func mayContain(_ key: UInt64) -> Bool {
        let place = Self.place(of: key, among: places.count)
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low < places.count && places[low] == place
    }

    private static func place(of key: UInt64, among count: Int) -> UInt64 {
        key.multipliedFullWidth(by: UInt64(count) << UInt64(restBits)).high
    }
}

extension KeyFilter {
    func write(to writer: inout CBORWriter) {
        writer.array(count: 4)
        writer.byteString(withUnsafeBytes(of: salt.bigEndian) { Array($0) })
        writer.boolean(isPartial)
        writer.unsigned(UInt64(places.count))
        writer.byteString(packed)
    }

    private var packed: [UInt8] {
        var bits = BitWriter()
        var last: UInt64 = 0
        for place in places {
            let distance = place - last
            last = place
            for _ in 0..<distance >> UInt64(Self.restBits) { bits.append(1, count: 1) }
            bits.append(0, count: 1)
            bits.append(distance, count: Self.restBits)
        }
        return bits.bytes
    }

    init(from reader: inout CBORReader) throws(WireError) {
        guard try reader.arrayCount(maximum: 4) == 4 else {
            throw WireError(.unexpected, "a filter has four parts")
        }
        let salt = try reader.byteString(maximumBytes: 8)
        guard salt.count == 8 else { throw WireError(.unexpected, "a filter's salt has eight bytes") }
        self.salt = salt.reduce(0) { $0 << 8 | UInt64($1) }
        isPartial = try reader.boolean()
        let count = try reader.unsigned()
        guard count > 0, count <= UInt64(Self.maximumKeys) else {
            throw WireError(.tooLarge, "a filter has too many keys, or none")
        }
        let bytes = try reader.byteString(maximumBytes: Self.maximumBytes(Int(count)))
        guard let places = Self.unpacked(bytes, count: Int(count)) else {
            throw WireError(.malformed, "a filter is malformed")
        }
        self.places = places
    }

    /// Nil if the bytes hold more or fewer keys.
    private static func unpacked(_ bytes: ArraySlice<UInt8>, count: Int) -> [UInt64]? {
        var bits = BitReader(bytes)
        var places: [UInt64] = []
        places.reserveCapacity(count)
        var place: UInt64 = 0
        for _ in 0..<count {
            while true {
                guard let bit = bits.next(1) else { return nil }
                if bit == 0 { break }
                place += 1 << UInt64(restBits)
            }
            guard let rest = bits.next(restBits) else { return nil }
            place += rest
            places.append(place)
        }
        guard place < UInt64(count) << UInt64(restBits), bits.isAtEnd else { return nil }
        return places
    }
}

/// Bits from the highest of each byte on; the rest of the last byte is zero.
private struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var free = 0

    mutating func append(_ value: UInt64, count: Int) {
        for shift in (0..<count).reversed() {
            if free == 0 {
                bytes.append(0)
                free = 8
            }
            free -= 1
            bytes[bytes.count - 1] |= UInt8(value >> UInt64(shift) & 1) << UInt8(free)
        }
    }
}

private struct BitReader {
    private let bytes: ArraySlice<UInt8>
    private var place = 0

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// Whether only the zeros at the end of the last byte are left.
    var isAtEnd: Bool {
        guard bytes.count == (place + 7) / 8 else { return false }
        guard place % 8 != 0, let last = bytes.last else { return true }
        return last & (1 << UInt8(8 - place % 8) - 1) == 0
    }

    mutating func next(_ count: Int) -> UInt64? {
        guard place + count <= bytes.count * 8 else { return nil }
        var value: UInt64 = 0
        for _ in 0..<count {
            let byte = bytes[bytes.startIndex + place / 8]
            value = value << 1 | UInt64(byte >> UInt8(7 - place % 8) & 1)
            place += 1
        }
        return value
    }
}
