import QuipuCBOR
import QuipuCausality
import QuipuWire
import Support

/// A peer that knows the archive and lies: turns a fuzzer's choices into messages that are mostly well-formed, so
/// that they come past the decoders, and wrong in any place.
struct Forger {
    let scene: ExchangeScene
    var choices: Choices
    /// Chain hashes of what it knows: what the archive holds, and what it has made up itself.
    var chains: [TransactionName: ChainHash]
    var names: [TransactionName]
    var ends: [Origin: Vector.Entry] = [:]
    var branchStarts: Set<ChainHash>

    static let now = FakeWorld.startMilliseconds
    static let dayMilliseconds: Int64 = 86_400_000

    init(_ bytes: UnsafeRawBufferPointer, in scene: ExchangeScene) {
        self.scene = scene
        choices = Choices(bytes)
        chains = scene.chains
        names = scene.transactions.map(\.name)
        for entry in scene.knowledge.vector.entries { ends[entry.origin] = entry }
        branchStarts = scene.knowledge.branchStarts
    }

    var isAtEnd: Bool { choices.isAtEnd }

    /// How far the clock of the replica is off that is talked to, in milliseconds.
    mutating func clockOffset() -> Int64 {
        let day = Self.dayMilliseconds
        return choices.pick([0, 0, 2 * day, -2 * day, 4_000 * day, -20_000 * day, Int64.max / 2])
    }

    /// A message in one zstd frame.
    /// - Parameter heard: the header of what is answered; nil for a request.
    mutating func message(answering heard: MessageHeader? = nil) -> [UInt8] {
        var writer = CBORWriter()
        header(answering: heard).write(to: &writer)
        var sent: Set<Origin> = []
        for _ in 0..<choices.number(below: 8) {
            if choices.rarely(oneIn: 5) { text(to: &writer) } else { sent.insert(transaction(to: &writer)) }
            if choices.rarely(oneIn: 4) { checkpoint(sent, to: &writer) }
        }
        end(sent, to: &writer)
        return framed(writer.bytes)
    }

    private mutating func text(to writer: inout CBORWriter) {
        let text = choices.pick(scene.texts)
        let hash = choices.rarely(oneIn: 4) ? valueHash() : ValueHash(of: text)
        let start = min(text.count, choices.pick([0, 1, 100, text.count / 2, text.count]))
        let part =
            choices.rarely(oneIn: 4)
            ? choices.some()[...] : text[start...].prefix(choices.pick([70_000, 1, 100]))
        writer.array(count: 5)
        writer.unsigned(2)
        writer.hash(hash)
        writer.unsigned(choices.rarely(oneIn: 6) ? choices.wide() : UInt64(start))
        writer.unsigned(choices.rarely(oneIn: 6) ? choices.wide() : UInt64(text.count))
        writer.byteString(part)
    }

    private mutating func checkpoint(_ sent: Set<Origin>, to writer: inout CBORWriter) {
        var entries = sent.sorted().compactMap { ends[$0] }
        if choices.rarely() { entries.append(entry()) }
        if choices.rarely(), !entries.isEmpty { entries.removeFirst() }
        writer.array(count: 2)
        writer.unsigned(4)
        writer.entries(entries)
    }

    private mutating func end(_ sent: Set<Origin>, to writer: inout CBORWriter) {
        if choices.rarely() { return }
        var entries = sent.sorted().compactMap { ends[$0] }
        if choices.rarely() { entries.append(entry()) }
        writer.array(count: 3)
        writer.unsigned(0)
        writer.boolean(choices.rarely())
        writer.entries(entries)
    }

    private mutating func framed(_ bytes: [UInt8]) -> [UInt8] {
        var content = bytes
        if choices.rarely(), !content.isEmpty {
            switch choices.number(below: 3) {
            case 0: content[choices.number(below: content.count)] ^= choices.byte()
            case 1: content.removeLast(choices.number(below: content.count))
            default: content.insert(contentsOf: choices.some(), at: choices.number(below: content.count))
            }
        }
        var frame = ZstdFrame.stored(content)
        if choices.rarely(oneIn: 16) { frame[choices.number(below: frame.count)] ^= choices.byte() }
        return frame
    }

    // MARK: what several parts name

    mutating func valueHash() -> ValueHash {
        choices.rarely(oneIn: 3)
            ? ValueHash(high: 0, low: UInt128(choices.byte())) : ValueHash(of: choices.pick(scene.texts))
    }

    mutating func name() -> TransactionName {
        choices.rarely() || names.isEmpty
            ? TransactionName(
                origin: choices.pick(Forgery.origins), sequence: choices.pick([1, 2, 3, 0, .max]))
            : choices.pick(names)
    }

    mutating func someNames() -> [TransactionName] { (0..<choices.number(below: 4)).map { _ in name() } }

    mutating func entry() -> Vector.Entry {
        let name = name()
        return Vector.Entry(
            origin: name.origin, sequence: min(max(1, name.sequence), UInt64(Int64.max)),
            chain: choices.flag() ? chain() : chains[name] ?? chain())
    }

    mutating func chain() -> ChainHash { ChainHash(high: UInt128(choices.byte()), low: 7) }
}
