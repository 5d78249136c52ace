internal import Glibc
import QuipuCBOR
internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage
internal import QuipuWire
internal import Support

/// Machines with archives of one undertaking, the network between them, and everything that happens to them: the real
/// store and the real exchange in one thread, with nothing real around them.
///
/// Whatever happens follows from the seed and the steps.
public final class World {
    public let script: Script
    let folder: String
    let clocks: Clocks
    /// The first are the script's; the rest are places for copies.
    private(set) var machines: [Machine] = []
    let archive: ArchiveID
    var ledger = Ledger()
    var post = Post()
    /// A wrong time was taken for a right one at some moment: what others then made of their clocks is as wrong.
    var hasVouched = false
    var isCollectionFilled = false
    /// How clocks stood when edits were made, by number.
    var stampings: [Int: Stamping] = [:]
    public internal(set) var statistics = Statistics()
    private(set) var trace = Trace()

    /// - Throws: `Violation`, or what the store throws where nothing is wrong yet.
    public init(_ script: Script) throws {
        self.script = script
        folder = File.makeTemporaryFolder()
        clocks = Clocks(seed: script.seed)
        var random = SplitMix64(seed: script.seed)
        archive = ArchiveID(rawValue: UInt128(random.next()) << 64 | UInt128(random.next()))
        for index in 0..<script.machineCount {
            clocks.begin(step: -1 - index)
            let machine = Machine(
                index: index, folder: "\(folder)/\(index)",
                sectorBytes: Bool.random(using: &random) ? 512 : 4_096,
                clocks: clocks)
            machines.append(machine)
            try machine.create(archive)
        }
    }

    deinit {
        for machine in machines {
            machine.close()
            machine.disk.detach()
        }
        File.removeFolder(folder)
    }

    /// Makes one step happen.
    /// - Throws: `Violation`.
    public func perform(_ step: Step) throws {
        clocks.begin(step: step.number)
        statistics.add("steps")
        let outcome: String
        do {
            outcome = try carryOut(step)
        } catch let error as Violation {
            throw error
        } catch {
            outcome = try judge(error)
        }
        let refused = machines.reduce(0) { $0 + $1.disk.refusedCount }
        if refused > 0 { statistics.add("writes refused", refused - statistics["writes refused"]) }
        for machine in machines where machine.disk.isDown {
            try recover(machine, salt: UInt64(step.number) &+ script.seed)
        }
        trace.add("\(step) → \(outcome)")
        for machine in machines {
            guard let store = machine.store else { continue }
            trace.add("\(machine.index) \(try store.digest) \(try store.log.vector().hash)")
        }
    }

    /// A fault may fail a step; nothing else may.
    private func judge(_ error: any Error) throws -> String {
        if machines.contains(where: \.disk.isDown) { return "power lost" }
        // As the command would tell it.
        switch StorageError.presentable(error) {
        case let error as StorageError where isDiskTrouble(error): return error.code.rawValue
        case let error as ReplicationError where error.code == .cut || error.code == .unreachable:
            return error.code.rawValue
        default: throw Violation("a step fails only for a fault", "\(error)")
        }
    }

    /// The error of a disk that was made to refuse something.
    private func isDiskTrouble(_ error: any Error) -> Bool {
        guard let error = StorageError.presentable(error) as? StorageError else { return false }
        return (error.code == .diskFull || error.code == .inputOutput)
            && machines.contains { $0.disk.refusedCount > 0 }
    }

    /// Brings a machine back whose power went, and holds its disk to what was promised.
    func recover(_ machine: Machine, salt: UInt64) throws {
        statistics.add("power losses")
        machine.close()
        // A full disk cannot be opened; people make room first.
        machine.disk.isFull = false
        statistics.add("sectors lost or torn", machine.disk.recover(salt: salt))
        let acknowledged = machine.acknowledged
        do {
            try machine.open()
        } catch {
            throw Violation("an archive opens after power loss", "machine \(machine.index): \(error)")
        }
        try machine.refresh(&ledger)
        let lost = acknowledged.subtracting(machine.held)
        guard lost.isEmpty else {
            throw Violation(
                "what was acknowledged survives power loss",
                "machine \(machine.index) lost \(lost.count), first \(ledger.describe(lost[0]))")
        }
        try machine.acknowledge(&ledger)
    }

    // MARK: what steps point at

    func machine(_ number: Int) -> Machine { machines[number % machines.count] }

    /// Adds an empty place for a copy, up to two more than the script has machines.
    func placeForCopy() -> Machine? {
        if let free = machines.first(where: { !$0.exists }) { return free }
        guard machines.count < script.machineCount + 2 else { return nil }
        let machine = Machine(
            index: machines.count, folder: "\(folder)/\(machines.count)", sectorBytes: 512, clocks: clocks)
        machines.append(machine)
        return machine
    }

    // MARK: exchanges

    /// The server's end of a connection that broke: what has come of the message and is proved stays.
    func keep(_ part: [UInt8], at machine: Machine) throws {
        guard let store = machine.store, machine.isAwayUntil == 0 else { return }
        do {
            var request = try IncomingMessage()
            try part.withUnsafeBytes { try request.feed($0) }
            guard let arrived = request.partialMessage else { return }
            let taken = try Responder.keep(arrived, in: store).taken
            if taken.transactions > 0 { statistics.add("parts of cut messages kept") }
            try machine.acknowledge(&ledger)
        } catch is WireError {
        } catch {
            guard machine.disk.isDown || isDiskTrouble(error) else { throw error }
        }
    }

    /// A message arrives at a machine.
    /// - Returns: its reply.
    func deliver(_ message: [UInt8], to machine: Machine, isForeign: Bool = false) throws -> [UInt8] {
        guard let store = machine.store, machine.isAwayUntil == 0 else {
            throw ReplicationError(.unreachable, "machine \(machine.index) is away")
        }
        statistics.add("messages")
        do {
            var request = try IncomingMessage()
            try message.withUnsafeBytes { try request.feed($0) }
            let before = machine.held
            let clock = try clockState(of: machine)
            let reply = try Responder.answer(request, from: store)
            try machine.acknowledge(&ledger)
            try checkAnswerer(machine, before: clock)
            if isForeign { ledger.noteBlindAuthors(of: machine.held.subtracting(before)) }
            return reply
        } catch let error as WireError {
            throw ReplicationError(.refused, "machine \(machine.index): \(error)")
        } catch {
            guard machine.disk.isDown || isDiskTrouble(error) else { throw error }
            throw ReplicationError(.cut, "machine \(machine.index): \(error)")
        }
    }
}
