import QuipuCausality

/// Every history of a few steps of three replicas that share one field: edits by hand, imports of two values,
/// merges, resolutions and exchanges, whole or cut after one transaction.
///
/// Worlds that differ only in the names of replicas that have written nothing are visited once, and a state
/// that was reached on another way is not continued from again; but every step into it is checked.
struct SmallWorlds {
    private(set) var states = 0
    private(set) var steps = 0
    private(set) var replicaViews = 0
    private(set) var conflicts = 0
    /// The first thing that went wrong, with the way there.
    private(set) var complaint: String?

    private var expected: [Set<ChainHash>: FieldSummary] = [:]

    private struct Node {
        var world: FieldWorld
        var path: [FieldWorld.Action]
    }

    private struct State: Hashable {
        let held: [Set<ChainHash>]
        let own: [[ChainHash]]
    }

    /// A way to begin, and how many steps to go on from there.
    struct Beginning: Sendable, CustomStringConvertible {
        let name: String
        let actions: [FieldWorld.Action]
        let depth: Int
        /// Fewer states than this would mean that the search prunes what it should not.
        let leastStates: Int

        var description: String { name }
    }

    static let beginnings: [Beginning] = {
        let both: [FieldWorld.Action] = [
            .importing(0, "V"), .send(0, to: 1, limit: nil), .send(0, to: 2, limit: nil), .set(0, "A"),
            .set(1, "B"),
        ]
        let exchange: [FieldWorld.Action] = [.send(0, to: 1, limit: nil), .send(1, to: 0, limit: nil)]
        return [
            Beginning(name: "nothing", actions: [], depth: 4, leastStates: 1_900),
            Beginning(name: "an import, two corrections", actions: both, depth: 4, leastStates: 12_000),
            Beginning(name: "a merge", actions: both + exchange + [.merge(0)], depth: 3, leastStates: 1_600),
        ]
    }()

    static func actions(step: Int) -> [FieldWorld.Action] {
        let replicas = 0..<3
        var actions: [FieldWorld.Action] = []
        for at in replicas {
            actions += [
                .set(at, "hand \(step)"), .importing(at, "V"), .importing(at, "W"), .merge(at),
                .resolve(at, choice: 0), .resolve(at, choice: 1),
            ]
            for to in replicas where to != at {
                actions += [.send(at, to: to, limit: 1), .send(at, to: to, limit: nil)]
            }
        }
        return actions
    }

    /// Visits every state within a number of steps of a beginning.
    mutating func explore(from beginning: Beginning) {
        var start = FieldWorld(replicas: 3)
        for action in beginning.actions { start.perform(action) }
        var level = [Node(world: start, path: beginning.actions)]
        var visited: Set<State> = []
        for step in 0..<beginning.depth + Plot.additionalDepth {
            var next: [Node] = []
            for node in level {
                let writers = Set(node.path.compactMap(\.writer))
                for action in Self.actions(step: step) {
                    if let writer = action.writer, writer > writers.count { continue }
                    var world = node.world
                    guard world.perform(action) else { continue }
                    steps += 1
                    let path = node.path + [action]
                    guard check(world, changedBy: action, path) else { return }
                    let state = State(
                        held: world.replicas.map { Set($0.field.log.map(\.chain)) },
                        own: world.replicas.map(\.own))
                    guard visited.insert(state).inserted else { continue }
                    states += 1
                    guard checkConverged(world, path) else { return }
                    next.append(Node(world: world, path: path))
                }
            }
            level = next
        }
    }

    /// Holds the one replica that a step changed against the naive model.
    private mutating func check(
        _ world: FieldWorld, changedBy action: FieldWorld.Action, _ path: [FieldWorld.Action]
    ) -> Bool {
        var at = action.writer ?? 0
        if case .send(_, let to, _) = action { at = to }
        return agrees(world.replicas[at].field, path)
    }

    private mutating func checkConverged(_ world: FieldWorld, _ path: [FieldWorld.Action]) -> Bool {
        var world = world
        world.converge()
        let fields = world.replicas.map(\.field)
        // They hold the same, so agreeing with one naive model is agreeing with one another.
        for field in fields where !agrees(field, path) { return false }
        if fields.contains(where: { $0.digest != fields[0].digest || $0.log.count != fields[0].log.count }) {
            return complain("replicas that hold the same differ", path, fields[0])
        }
        if fields[0].field.isInConflict { conflicts += 1 }
        if let lost = LostFieldEdits.complaint(about: NaiveField(fields[0].log)) {
            return complain(lost, path, fields[0])
        }
        return true
    }

    private mutating func agrees(_ field: FieldLog, _ path: [FieldWorld.Action]) -> Bool {
        replicaViews += 1
        if let problem = field.inconsistency { return complain(problem, path, field) }
        let held = Set(field.log.map(\.chain))
        let summary = expected[held] ?? NaiveField(field.log).summary
        expected[held] = summary
        if field.summary == summary { return true }
        return complain("\(field.summary)\nis not\n\(summary)", path, field)
    }

    private mutating func complain(_ what: String, _ path: [FieldWorld.Action], _ field: FieldLog) -> Bool {
        let steps = path.map { "  \($0)" }.joined(separator: "\n")
        complaint = "\(what)\nafter\n\(steps)\nwith the log\n\(field.inWords)"
        return false
    }
}
