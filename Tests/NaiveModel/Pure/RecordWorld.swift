import QuipuCausality

/// Replicas that share one record with a body and a flag `deleted`, the least in which deletes meet edits.
struct RecordWorld: Sendable {
    enum Field: Hashable, Sendable { case body, deleted }

    struct Change: Sendable {
        let field: Field
        let edit: Edit
        /// What a delete saw of the body.
        let observed: Set<ChainHash>
    }

    enum Action: Hashable, Sendable {
        case set(Int, String)
        case importing(Int, String)
        case delete(Int)
        case restore(Int)
        /// A person settles a conflict of the flag.
        case resolve(Int, deleted: Bool)
        case send(Int, to: Int, limit: Int?)
    }

    struct Replica: Sendable {
        let origin: Origin
        var log: [Change] = []
        var body = FieldLog()
        var deleted = FieldLog()
        var own: [ChainHash] = []

        func holds(_ chain: ChainHash) -> Bool { body.holds(chain) || deleted.holds(chain) }

        mutating func apply(_ change: Change) {
            if holds(change.edit.chain) { return }
            log.append(change)
            if change.field == .body { body.apply(change.edit) } else { deleted.apply(change.edit) }
        }

        var isDeleted: Bool { deleted.field.visible.map { deleted.value($0) == "true" } ?? false }

        /// What the standing deletes saw, all together.
        var observed: Set<ChainHash> {
            let standing = deleted.field.heads.filter { deleted.value($0) == "true" }
            let makers = Set(standing.flatMap { $0.members.map(\.chain) })
            return log.filter { makers.contains($0.edit.chain) }.reduce(into: []) {
                $0.formUnion($1.observed)
            }
        }

        var unobservedHeads: Set<Set<ChainHash>> {
            let observed = observed
            let positions = body.log.indices.filter { observed.contains(body.log[$0].chain) }.map {
                Int64($0 + 1)
            }
            return Set(
                Deletion.unobservedHeads(of: body.field, observed: Set(positions)).map { body.chains($0) })
        }
    }

    private(set) var replicas: [Replica]

    init(replicas count: Int) {
        replicas = (0..<count).map { Replica(origin: Origin(rawValue: UInt128($0 + 1))) }
    }

    /// - Returns: false when the action changed nothing.
    mutating func perform(_ action: Action) -> Bool {
        switch action {
        case .set(let at, let value):
            if replicas[at].isDeleted { return false }
            write(at, .body, byHand: true, value, over: replicas[at].body.field.heads)
        case .importing(let at, let value):
            let frontier = replicas[at].body.field.importFrontier
            if frontier.contains(where: { $0.value == ValueHash(value) }) { return false }
            write(at, .body, byHand: false, value, over: frontier)
        case .delete(let at):
            if replicas[at].log.isEmpty { return false }
            flag(at, true)
        case .restore(let at):
            if !replicas[at].isDeleted { return false }
            flag(at, false)
        case .resolve(let at, let deleted):
            if !replicas[at].deleted.field.isInConflict { return false }
            flag(at, deleted)
        case .send(let from, let to, let limit):
            let lacking = replicas[from].log.filter { !replicas[to].holds($0.edit.chain) }
            for change in lacking.prefix(limit ?? .max) { replicas[to].apply(change) }
            return !lacking.isEmpty
        }
        return true
    }

    /// Whatever sets the flag to true is a delete, and lists what it saw.
    private mutating func flag(_ at: Int, _ isDeleted: Bool) {
        let body = replicas[at].body.field
        let observed = isDeleted ? Set(body.heads.map(\.representative.chain)) : []
        write(
            at, .deleted, byHand: true, "\(isDeleted)", over: replicas[at].deleted.field.heads,
            observed: observed)
    }

    private mutating func write(
        _ at: Int, _ field: Field, byHand: Bool, _ value: String, over versions: [Version],
        observed: Set<ChainHash> = []
    ) {
        let replica = replicas[at]
        let last = replica.log.map(\.edit.stamp).max() ?? Stamp(milliseconds: 1_700_000_000_000)
        let edit = Edit(
            origin: replica.origin, previous: replica.own.last, stamp: last.next(nowMilliseconds: 0),
            isByHand: byHand, value: value, replaces: versions.map(\.representative.chain),
            observed: observed,
            held: Set(replica.log.map(\.edit.chain)))
        replicas[at].apply(Change(field: field, edit: edit, observed: observed))
        replicas[at].own.append(edit.chain)
    }

    mutating func converge() {
        for from in replicas.indices.dropFirst() { _ = perform(.send(from, to: 0, limit: nil)) }
        for to in replicas.indices.dropFirst() { _ = perform(.send(0, to: to, limit: nil)) }
    }
}
