import QuipuCausality

/// Every history of a few steps of two or three replicas that edit, import, delete and restore one record.
struct SmallRecordWorlds {
    private(set) var states = 0
    private(set) var steps = 0
    /// States in which somebody's edit contests a delete.
    private(set) var contested = 0
    private(set) var deleted = 0
    private(set) var complaint: String?

    private struct State: Hashable {
        let held: [Set<ChainHash>]
        let own: [[ChainHash]]
    }

    static func actions(step: Int, replicas: Int) -> [RecordWorld.Action] {
        var actions: [RecordWorld.Action] = []
        for at in 0..<replicas {
            actions += [
                .set(at, "hand \(step)"), .importing(at, "V"), .importing(at, "W"), .delete(at), .restore(at),
                .resolve(at, deleted: true), .resolve(at, deleted: false),
            ]
            for to in 0..<replicas where to != at {
                actions += [.send(at, to: to, limit: 1), .send(at, to: to, limit: nil)]
            }
        }
        return actions
    }

    /// Visits every state within a number of steps of a record that all of them hold.
    mutating func explore(replicas: Int, depth: Int) {
        var start = RecordWorld(replicas: replicas)
        _ = start.perform(.importing(0, "V"))
        start.converge()
        var level: [(world: RecordWorld, path: [RecordWorld.Action])] = [(start, [])]
        var visited: Set<State> = []
        for step in 0..<depth + Plot.additionalDepth {
            var next: [(RecordWorld, [RecordWorld.Action])] = []
            for (world, path) in level {
                for action in Self.actions(step: step, replicas: replicas) {
                    var world = world
                    guard world.perform(action) else { continue }
                    steps += 1
                    let state = State(
                        held: world.replicas.map { Set($0.log.map(\.edit.chain)) },
                        own: world.replicas.map(\.own))
                    guard visited.insert(state).inserted else { continue }
                    states += 1
                    if let wrong = check(world) {
                        complaint = "\(wrong)\nafter \(path + [action])"
                        return
                    }
                    next.append((world, path + [action]))
                }
            }
            level = next
        }
    }

    private mutating func check(_ world: RecordWorld) -> String? {
        var world = world
        world.converge()
        let first = world.replicas[0]
        for replica in world.replicas {
            if let problem = replica.body.inconsistency ?? replica.deleted.inconsistency { return problem }
            if replica.body.summary != first.body.summary || replica.deleted.summary != first.deleted.summary
                || replica.unobservedHeads != first.unobservedHeads
                || replica.body.digest != first.body.digest
            {
                return "replicas that hold the same differ"
            }
        }
        let body = NaiveField(first.body.log)
        let flag = NaiveField(first.deleted.log)
        if first.body.summary != body.summary || first.deleted.summary != flag.summary {
            return "the naive model differs"
        }
        let expected = Set(body.unobservedHeads(observed: first.observed).map { body.chains($0) })
        if first.unobservedHeads != expected {
            return "unseen are \(first.unobservedHeads.count), not \(expected.count)"
        }
        return first.isDeleted ? lie(body, flag, first) : nil
    }

    /// A deleted record with nothing unseen: then each last hand edit was held by somebody whose delete stands.
    private mutating func lie(_ body: NaiveField, _ flag: NaiveField, _ replica: RecordWorld.Replica)
        -> String?
    {
        deleted += 1
        let standing = flag.heads.filter { flag.value($0) == "true" }.map { flag.representative($0) }
        let hands = body.members.indices.filter { body.isByHand($0) }.map { body.representative($0) }
        let last = hands.filter { hand in !hands.contains { $0.held.contains(hand.chain) } }
        let unheld = last.filter { hand in !standing.contains { $0.held.contains(hand.chain) } }
        if !replica.unobservedHeads.isEmpty {
            contested += 1
            return unheld.isEmpty ? "an edit that was seen contests a delete" : nil
        }
        return unheld.isEmpty ? nil : "an edit by hand lies silently under a delete"
    }
}
