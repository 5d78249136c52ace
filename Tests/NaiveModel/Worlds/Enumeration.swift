/// Three replicas and all that is known of them: a value, so that every step leads to another world.
public protocol SmallWorld {
    associatedtype State: Hashable
    /// What decides how it can go on; worlds with one state are told once.
    var state: State { get }
    /// The same world as one whose history begins now: what can be put back is what is there.
    var begun: Self { get }
    /// - Returns: nil when the step changes nothing.
    /// - Throws: what goes wrong in the step.
    func after(_ step: Step) throws -> Self?
    /// Brings everybody together, on a copy. Nil when all is well.
    func complaint() throws -> String?
}

/// Every history of a plot, breadth first: the first complaint is of a shortest history that has one.
public struct Enumeration: Sendable {
    /// Worlds that differ in what some replica holds, each brought together once.
    public private(set) var states = 0
    /// Steps taken, each of which was checked.
    public private(set) var steps = 0
    /// Histories that lead through these states: interleavings that end in the same world each count.
    public private(set) var histories: UInt64 = 0
    /// What changed something at least once.
    public private(set) var verbs: Set<Plot.Verb> = []
    /// What went wrong first, with the script that leads there.
    public private(set) var complaint: String?

    public init() {}

    private struct Node<World> {
        var world: World
        var path: [Step]
        var histories: UInt64
    }

    public mutating func explore<World: SmallWorld>(_ plot: Plot, from start: World, depth: Int? = nil) {
        var world = start
        for step in plot.beginning {
            do {
                world = try world.after(step) ?? world
            } catch { return complain("\(error)", plot, [step]) }
        }
        explore(
            plot, level: [Node(world: world.begun, path: plot.beginning, histories: 1)], depth ?? plot.depth)
    }

    private mutating func explore<World: SmallWorld>(_ plot: Plot, level: [Node<World>], _ depth: Int) {
        var level = level
        var visited: Set<World.State> = Set(level.map(\.world.state))
        let steps = plot.steps
        for _ in 0..<depth {
            var next: [Node<World>] = []
            var places: [World.State: Int] = [:]
            for node in level {
                for step in steps where plot.permits(step, after: node.path) {
                    let path = node.path + [step]
                    do {
                        guard let world = try node.world.after(step) else { continue }
                        self.steps += 1
                        verbs.insert(step.verb)
                        histories += node.histories
                        let state = world.state
                        if let place = places[state] { next[place].histories += node.histories }
                        guard visited.insert(state).inserted else { continue }
                        states += 1
                        if let wrong = try world.complaint() { return complain(wrong, plot, path) }
                        places[state] = next.count
                        next.append(Node(world: world, path: path, histories: node.histories))
                    } catch { return complain("\(error)", plot, path) }
                }
            }
            level = next
        }
    }

    private mutating func complain(_ what: String, _ plot: Plot, _ path: [Step]) {
        let script = path.enumerated().map { index, step in
            "  \(index + 1). \(step)\(index < plot.beginning.count ? " (the beginning)" : "")"
        }
        complaint = ["\(what)", "after"].joined(separator: "\n") + "\n" + script.joined(separator: "\n")
    }

    /// What a plot has and never changed anything: its histories are too short for it.
    public func idleVerbs(of plot: Plot) -> [Plot.Verb] { plot.verbs.filter { !verbs.contains($0) } }

    public var summary: String { "\(states) states, \(steps) steps, \(histories) histories" }
}
