import QuipuCausality
import QuipuWire

extension Forger {
    mutating func header(answering heard: MessageHeader?) -> MessageHeader {
        var header = MessageHeader()
        header.archive = scene.image.id
        header.clockMilliseconds = Self.now
        header.vectorHash = scene.knowledge.hash
        header.digest = scene.digest
        header.position = UInt64(scene.position)
        header.budgetBytes = choices.pick([1 << 20, 0, 1, 1_000, .max])
        if choices.rarely() { startName() }
        if branchStarts != scene.knowledge.branchStarts || choices.rarely() {
            header.branchStarts = branchStarts.sorted()
        }
        claim(&header, answering: heard)
        if choices.rarely(oneIn: 3) { distort(&header) }
        return header
    }

    /// What it says it knows: nothing, the same, its own, what changed, what it heard, anything.
    private mutating func claim(_ header: inout MessageHeader, answering heard: MessageHeader?) {
        let own = Knowledge(vector: Vector(ends.values), branchStarts: branchStarts)
        switch choices.number(below: 6) {
        case 0:
            header.isWholeVector = true
            header.vectorHash = Knowledge(branchStarts: branchStarts).hash
        case 1: break
        case 2:
            header.isWholeVector = true
            header.entries = own.vector.entries
            header.vectorHash = own.hash
        case 3:
            header.agreed = .init(
                position: choices.pick([UInt64(scene.position), 0, 1, 3, .max]),
                vectorHash: scene.knowledge.hash)
            header.entries = own.vector.entries.filter { scene.knowledge.vector[$0.origin] != $0 }
            header.vectorHash = own.hash
        case 4:
            header.vectorHash = heard?.vectorHash ?? 0
            header.digest = heard?.digest ?? header.digest
        default:
            header.isWholeVector = choices.flag()
            header.entries = (0..<choices.number(below: 4)).map { _ in entry() }
            header.vectorHash = Knowledge(vector: Vector(header.entries), branchStarts: branchStarts).hash
        }
    }

    private mutating func distort(_ header: inout MessageHeader) {
        let day = Self.dayMilliseconds
        header.wants = (0..<choices.number(below: 4)).map { _ in
            .init(hash: valueHash(), offset: choices.pick([0, 1, 10, 70_000, .max]))
        }
        header.missingTexts = choices.pick([0, 1, 100, .max])
        header.takesReferences = choices.flag()
        header.needsFullRecords = choices.rarely()
        if choices.rarely() {
            header.filter = KeyFilter([0, choices.wide()], salt: 1, isPartial: choices.flag())
        }
        header.needsWholeVector = choices.rarely()
        if choices.rarely() { header.archive = choices.flag() ? nil : ArchiveID(rawValue: 9) }
        if choices.rarely() { header.protocolVersion = choices.pick([1, 0, 2, .max]) }
        if choices.rarely(oneIn: 4) {
            header.clockMilliseconds = choices.pick([
                0, .min, .max, Self.now + 3 * day, Self.now + 4_000 * day,
            ])
            header.isClockSynchronized = choices.flag()
        }
        if choices.rarely() { header.digest = Digest(rawValue: UInt128(choices.wide())) }
        if choices.rarely() { header.position = choices.pick([0, 1, .max]) }
        if choices.rarely() { header.branchStarts.append(chain()) }
        if choices.rarely() { header.probes = someNames() }
        if choices.rarely(oneIn: 4) {
            header.nonce = UInt128(choices.byte())
            header.proof = UInt128(choices.byte())
            header.sampleCount = choices.pick([0, 1, 4, .max])
        }
        if choices.rarely(oneIn: 4) { header.probed = (0..<choices.number(below: 3)).map { _ in entry() } }
    }

    /// Says that names start again at a transaction that it knows, and names what follows accordingly.
    private mutating func startName() {
        guard !names.isEmpty else { return }
        let first = choices.pick(names)
        guard let chain = chains[first], branchStarts.insert(chain).inserted else { return }
        let derived = Origin(branchStart: chain)
        let last = ends[first.origin]
        func renamed(_ name: TransactionName) -> TransactionName {
            guard name.origin == first.origin, name.sequence >= first.sequence else { return name }
            return TransactionName(origin: derived, sequence: name.sequence - first.sequence + 1)
        }
        var newChains: [TransactionName: ChainHash] = [:]
        for name in names { newChains[renamed(name)] = chains[name] }
        names = names.map(renamed)
        chains = newChains
        ends[first.origin] = nil
        if first.sequence > 1 {
            let before = TransactionName(origin: first.origin, sequence: first.sequence - 1)
            ends[first.origin] = chains[before].map {
                Vector.Entry(origin: before.origin, sequence: before.sequence, chain: $0)
            }
        }
        if let last, last.sequence >= first.sequence {
            let name = renamed(last.name)
            ends[derived] = Vector.Entry(origin: derived, sequence: name.sequence, chain: last.chain)
        }
    }
}
