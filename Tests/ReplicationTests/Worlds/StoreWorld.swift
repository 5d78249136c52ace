import NaiveModel
import QuipuCausality
import QuipuReplication
import Support

/// Three replicas of one archive on the real store, and the ground truth of who held what when writing.
struct StoreWorld: SmallWorld {
    let pool: ReplicaPool
    private(set) var replicas: [Int]
    /// How often each has written, which nothing puts back.
    private var counts = [0, 0, 0]
    /// What each was when the history began.
    private var backups: [Int] = []
    private var held: [ChainHash: Set<ChainHash>] = [:]
    /// Values of logs whose folders were replaced: only there may have been their texts.
    private var destroyed: Set<ValueHash> = []

    init(_ pool: ReplicaPool) throws {
        self.pool = pool
        replicas = try pool.beginnings()
        backups = replicas
    }

    var state: [Int] { replicas }

    /// The same world, with its present state as what can be put back.
    var begun: StoreWorld {
        var world = self
        world.backups = replicas
        return world
    }

    func after(_ step: Step) throws -> StoreWorld? {
        var world = self
        switch step {
        case .exchange(let one, let other), .pull(let one, let other), .cut(let one, let other):
            try world.meet(one, other, by: step)
        case .copy(let from, let to):
            world.noteDestroyed(at: to)
            world.replicas[to] = replicas[from]
        case .putBack(let at):
            world.noteDestroyed(at: at)
            world.replicas[at] = backups[at]
        case .putBackArchive(let at):
            if backups[at] == replicas[at] { return nil }
            world.noteDestroyed(at: at)
            world.replicas[at] = try pool.combine(archive: backups[at], local: replicas[at])
        case .compact(let at): try world.write(step, at)
        default: if let at = step.writer { try world.write(step, at) }
        }
        return world.replicas == replicas ? nil : world
    }

    private mutating func noteDestroyed(at replica: Int) {
        for transaction in pool.replicas[replicas[replica]].reading.log.transactions {
            destroyed.formUnion(transaction.changes.map(\.value))
        }
    }

    private mutating func write(_ step: Step, _ at: Int) throws {
        guard let after = try pool.perform(step, at: at, on: replicas[at], count: counts[at]) else { return }
        note(from: replicas[at], to: after)
        replicas[at] = after
        counts[at] += 1
    }

    private mutating func meet(_ one: Int, _ other: Int, by step: Step) throws {
        let meeting = try pool.meet(replicas[one], replicas[other], by: step, counts: counts)
        replicas[one] = meeting.first
        replicas[other] = meeting.second
    }

    private mutating func note(from before: Int, to after: Int) {
        let known = pool.replicas[before].chains
        for chain in pool.replicas[after].chains where !known.contains(chain) && held[chain] == nil {
            held[chain] = known
        }
    }

    // MARK: the promises

    func complaint() throws -> String? {
        var world = self
        let everything = replicas.reduce(into: Set<ChainHash>()) { $0.formUnion(pool.replicas[$1].chains) }
        let texts = replicas.reduce(into: Set<ValueHash>()) {
            $0.formUnion(pool.replicas[$1].reading.log.texts)
        }
        if let wrong = try world.converge() { return wrong }
        for replica in Set(world.replicas).sorted() {
            let now = pool.replicas[replica]
            if !everything.isSubset(of: now.chains) { return "a transaction did not reach everybody" }
            try pool.verify(replica)
        }
        if let wrong = world.difference { return wrong }
        let reading = pool.replicas[world.replicas[0]].reading
        let model = try pool.model(of: reading)
        let wanted = model.wantedValues
        let nowhere = wanted.subtracting(texts)
        if !nowhere.isSubset(of: destroyed) { return "a wanted text is nowhere any more" }
        let forgotten = model.forgottenValues
        for replica in world.replicas {
            let now = pool.replicas[replica].reading.log.texts
            if !wanted.subtracting(nowhere).isSubset(of: now) {
                return "a wanted text that somebody had did not reach everybody"
            }
            if !now.isDisjoint(with: forgotten) { return "a purged text is still sent" }
        }
        return LostEdits(model, held: held).complaint
    }

    /// Complete exchanges of all with all until everybody holds the same, and lacks no text that another has.
    private mutating func converge() throws -> String? {
        for _ in 0..<8 {
            let before = replicas
            for (one, other) in [(0, 1), (0, 2), (1, 2)] {
                let step = Step.exchange(one, with: other)
                if pool.replicas[replicas[one]].isLevel(with: pool.replicas[replicas[other]]) { continue }
                let meeting = try pool.meet(replicas[one], replicas[other], by: step, counts: counts)
                replicas[one] = meeting.first
                replicas[other] = meeting.second
            }
            if replicas == before { return nil }
        }
        return "after eight rounds of complete exchanges something still moves"
    }

    /// In what replicas that hold the same differ.
    private var difference: String? {
        let readings = replicas.map { pool.replicas[$0].reading }
        let first = readings[0]
        for reading in readings.dropFirst() {
            if reading.vector != first.vector { return "vectors differ" }
            if reading.starts != first.starts { return "branch starts differ" }
            if reading.digest != first.digest { return "digests differ" }
            if reading.conflicts != first.conflicts { return "conflict lists differ" }
            if Set(reading.records) != Set(first.records) { return "records differ" }
        }
        return nil
    }
}
