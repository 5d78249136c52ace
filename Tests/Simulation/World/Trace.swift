/// What happened, as one number: equal for two runs that did the same. FNV-1a, 64 bits.
public struct Trace: Sendable, Equatable {
    public private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ line: String) {
        for byte in line.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ 10) &* 0x100_0000_01b3
    }
}
