/// Reads a fuzzer's bytes as a list of choices. Where they end every choice is the first one, so that a longer
/// input begins like a shorter one and each input means something.
struct Choices {
    private let bytes: UnsafeRawBufferPointer
    private var next = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { next >= bytes.count }

    mutating func byte() -> UInt8 {
        guard next < bytes.count else { return 0 }
        defer { next += 1 }
        return bytes[next]
    }

    /// True for one byte in `count`, never at the end.
    mutating func rarely(oneIn count: UInt8 = 8) -> Bool { byte() % count == count - 1 }

    mutating func flag() -> Bool { byte() & 1 == 1 }

    /// 0 to `count` - 1.
    mutating func number(below count: Int) -> Int {
        count <= 1 ? 0 : count <= 256 ? Int(byte()) % count : (Int(byte()) << 8 | Int(byte())) % count
    }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[number(below: choices.count)] }

    /// As many as a first byte says.
    mutating func some(atMost maximum: Int = 255) -> [UInt8] { take(min(Int(byte()), maximum)) }

    mutating func take(_ count: Int) -> [UInt8] {
        let end = min(bytes.count, next + count)
        defer { next = end }
        return Array(bytes[next..<end])
    }

    mutating func rest() -> [UInt8] { take(bytes.count) }

    mutating func wide() -> UInt64 { (0..<8).reduce(0 as UInt64) { value, _ in value << 8 | UInt64(byte()) } }
}
