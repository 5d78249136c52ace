import QuipuCausality

/// Replicas that edit one field honestly and send each other what they hold, in the order of their logs.
struct FieldWorld: Sendable {
    struct Replica: Sendable {
        let origin: Origin
        var field = FieldLog()
        var own: [ChainHash] = []
        /// How far this replica's clock is off.
        var clockOffsetMilliseconds: Int64 = 0
    }

    enum Action: Hashable, Sendable {
        /// A person writes a value; every head that is held is replaced.
        case set(Int, String)
        case importing(Int, String)
        case merge(Int)
        /// A person takes the value of one of the heads.
        case resolve(Int, choice: Int)
        /// From one to another: all, or the first few that it lacks.
        case send(Int, to: Int, limit: Int?)

        var writer: Int? {
            switch self {
            case .set(let replica, _), .importing(let replica, _), .merge(let replica),
                .resolve(let replica, _):
                replica
            case .send: nil
            }
        }
    }

    private(set) var replicas: [Replica]
    private(set) var nowMilliseconds: Int64 = 1_700_000_000_000

    init(replicas count: Int) {
        replicas = (0..<count).map { Replica(origin: Origin(rawValue: UInt128($0 + 1))) }
    }

    mutating func setClock(of replica: Int, offsetMilliseconds: Int64) {
        replicas[replica].clockOffsetMilliseconds = offsetMilliseconds
    }

    mutating func tick(milliseconds: Int64) { nowMilliseconds += milliseconds }

    /// - Returns: false when the action changed nothing.
    @discardableResult
    mutating func perform(_ action: Action) -> Bool {
        switch action {
        case .set(let at, let value):
            write(at, byHand: true, value, over: replicas[at].field.field.heads)
        case .importing(let at, let value):
            let frontier = replicas[at].field.field.importFrontier
            if frontier.contains(where: { $0.value == ValueHash(value) }) { return false }
            write(at, byHand: false, value, over: frontier)
        case .merge(let at): return merge(at)
        case .resolve(let at, let choice):
            let held = replicas[at].field
            guard held.field.isInConflict else { return false }
            let heads = held.field.heads.sorted { $0.key < $1.key }
            write(at, byHand: true, held.value(heads[choice % heads.count]), over: heads)
        case .send(let from, let to, let limit):
            let lacking = replicas[from].field.log.filter { !replicas[to].field.holds($0.chain) }
            for edit in lacking.prefix(limit ?? .max) { replicas[to].field.apply(edit) }
            return !lacking.isEmpty && limit != 0
        }
        return true
    }

    /// The policy of automatic merges: two heads by hand, one of them one's own, one nearest common ancestor.
    private mutating func merge(_ at: Int) -> Bool {
        let held = replicas[at].field
        let heads = held.field.heads.sorted { $0.key < $1.key }
        guard heads.count == 2, heads.allSatisfy(\.isByHand), heads[0].value != heads[1].value,
            heads.contains(where: { !held.chains($0).isDisjoint(with: replicas[at].own) }),
            held.field.nearestCommonAncestors(heads[0], heads[1]).count == 1
        else { return false }
        let values = heads.map { held.value($0) }.sorted()
        write(at, byHand: false, "merged(\(values[0]),\(values[1]))", over: heads)
        return true
    }

    private mutating func write(_ at: Int, byHand: Bool, _ value: String, over versions: [Version]) {
        let replica = replicas[at]
        let now = nowMilliseconds + replica.clockOffsetMilliseconds
        let last = replica.field.log.map(\.stamp).max() ?? Stamp(rawValue: 0)
        let edit = Edit(
            origin: replica.origin, previous: replica.own.last, stamp: last.next(nowMilliseconds: now),
            isByHand: byHand, value: value, replaces: versions.map(\.representative.chain),
            held: Set(replica.field.log.map(\.chain)))
        replicas[at].field.apply(edit)
        replicas[at].own.append(edit.chain)
    }

    /// Everybody gets everything.
    mutating func converge() {
        for from in replicas.indices.dropFirst() { perform(.send(from, to: 0, limit: nil)) }
        for to in replicas.indices.dropFirst() { perform(.send(0, to: to, limit: nil)) }
    }
}

extension FieldLog {
    /// The text of a version's value.
    func value(_ version: Version) -> String {
        log.first { $0.chain == version.members[0].chain }!.value
    }
}
