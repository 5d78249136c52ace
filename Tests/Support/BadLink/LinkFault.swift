/// What a link does to one connection. Bytes are counted from the connection's beginning, in one direction.
public enum LinkFault: Sendable, Equatable {
    /// Both ends are closed once so many bytes have passed.
    case cut(CuttingProxy.Direction, afterBytes: Int)
    /// From then on nothing passes any more, and nothing is closed until one end goes.
    case stall(CuttingProxy.Direction, afterBytes: Int)
    /// Nothing passes for a while, then all goes on.
    case pause(CuttingProxy.Direction, afterBytes: Int, milliseconds: Int)
    /// One bit of a body comes out the other way round; the byte is counted in bodies alone.
    case corrupt(CuttingProxy.Direction, bodyByte: Int, bit: Int)
    /// So few bytes at a time, a millisecond apart.
    case throttle(bytesAtOnce: Int)
    /// The first request reaches the server twice: the other time before, or after its answer.
    case duplicate(isEarlier: Bool)

    public enum Kind: String, Sendable, CaseIterable {
        case cut, stall, pause, corrupt, throttle, duplicate
    }

    public var kind: Kind {
        switch self {
        case .cut: .cut
        case .stall: .stall
        case .pause: .pause
        case .corrupt: .corrupt
        case .throttle: .throttle
        case .duplicate: .duplicate
        }
    }
}

/// Chooses a fault for each connection from a seed.
public struct FaultChoice: Sendable {
    private var random: SplitMix64
    private let kinds: [LinkFault.Kind]
    private let soundOneIn: Int
    private let requestBytes: Int
    private let replyBytes: Int

    /// - Parameters:
    ///   - soundOneIn: of so many connections one has no fault.
    ///   - requestBytes: what passes when nothing is wrong; places are chosen within it.
    public init(
        _ kinds: [LinkFault.Kind] = LinkFault.Kind.allCases, seed: UInt64, soundOneIn: Int = .max,
        requestBytes: Int, replyBytes: Int
    ) {
        random = SplitMix64(seed: seed)
        self.kinds = kinds
        self.soundOneIn = soundOneIn
        (self.requestBytes, self.replyBytes) = (max(requestBytes, 1), max(replyBytes, 1))
    }

    /// The next connection's; nil for none.
    public mutating func next() -> LinkFault? {
        if Int.random(in: 0..<soundOneIn, using: &random) == 0, soundOneIn < .max { return nil }
        guard let kind = kinds.randomElement(using: &random) else { return nil }
        let direction: CuttingProxy.Direction = Bool.random(using: &random) ? .request : .reply
        let place = place(in: direction == .request ? requestBytes : replyBytes)
        switch kind {
        case .cut: return .cut(direction, afterBytes: place)
        case .stall: return .stall(direction, afterBytes: place)
        case .pause:
            return .pause(
                direction, afterBytes: place, milliseconds: Int.random(in: 1...200, using: &random))
        case .corrupt:
            return .corrupt(direction, bodyByte: place, bit: Int.random(in: 0..<8, using: &random))
        case .throttle:
            // At most some hundred turns.
            let least = max(1, max(requestBytes, replyBytes) / 200)
            return .throttle(bytesAtOnce: Int.random(in: least...least * 10, using: &random))
        case .duplicate: return .duplicate(isEarlier: Bool.random(using: &random))
        }
    }

    /// Anywhere, and half of the time near the beginning, where heads are.
    private mutating func place(in count: Int) -> Int {
        let most = Bool.random(using: &random) ? count : min(count, 600)
        return Int.random(in: 0..<most, using: &random)
    }
}
