import QuipuCausality

/// Histories for properties, each edit after all that it replaces.
enum RandomHistory {
    /// Such as honest replicas make.
    static func honest(replicas: Int, steps: Int, using random: inout SeededGenerator) -> [Edit] {
        var world = FieldWorld(replicas: replicas)
        if random.chance(1, in: 3) {
            world.setClock(of: 0, offsetMilliseconds: Int64(random.pick([-90_000_000, 5, 90_000_000])))
        }
        for step in 0..<steps {
            world.perform(action(step, replicas: replicas, using: &random))
            if random.chance(1, in: 2) { world.tick(milliseconds: 1) }
        }
        world.converge()
        return world.replicas[0].field.log
    }

    static func action(
        _ step: Int, replicas: Int, using random: inout SeededGenerator
    ) -> FieldWorld.Action {
        let at = Int.random(in: 0..<replicas, using: &random)
        switch Int.random(in: 0..<14, using: &random) {
        case 0...2: return .set(at, "hand \(step)")
        case 3: return .set(at, random.pick(["V", "W"]))
        case 4...6: return .importing(at, random.pick(["V", "W", "X"]))
        case 7: return .merge(at)
        case 8: return .resolve(at, choice: Int.random(in: 0..<3, using: &random))
        default:
            let to = (at + Int.random(in: 1..<replicas, using: &random)) % replicas
            return .send(
                at, to: to, limit: random.chance(1, in: 3) ? Int.random(in: 0..<4, using: &random) : nil)
        }
    }

    /// Such as nobody honest makes: anything replaces anything before it.
    static func wild(count: Int, using random: inout SeededGenerator) -> [Edit] {
        var edits: [Edit] = []
        for _ in 0..<count {
            let replaced = edits.filter { _ in random.chance(2, in: edits.count + 2) }
            edits.append(
                Edit(
                    origin: Origin(rawValue: UInt128(random.pick([1, 2, 3]))),
                    previous: edits.last?.chain,
                    stamp: Stamp(rawValue: UInt64(random.pick([0, 1, 1, 2, 3]))),
                    isByHand: random.chance(1, in: 2),
                    value: random.pick(["U", "V", "W"]), replaces: replaced.map(\.chain)))
        }
        return edits
    }
}

/// Orders in which a replica could have received a set of edits: each after all that it replaces.
enum CausalOrders {
    /// Calls `body` with every one of them, for small sets.
    static func all(of edits: [Edit], _ body: ([Edit]) -> Void) {
        var order: [Edit] = []
        extend(&order, with: edits, body)
    }

    private static func extend(_ order: inout [Edit], with rest: [Edit], _ body: ([Edit]) -> Void) {
        if rest.isEmpty { return body(order) }
        let placed = Set(order.map(\.chain))
        for (index, edit) in rest.enumerated() where edit.replaces.allSatisfy(placed.contains) {
            order.append(edit)
            var left = rest
            left.remove(at: index)
            extend(&order, with: left, body)
            order.removeLast()
        }
    }

    static func random(of edits: [Edit], using random: inout SeededGenerator) -> [Edit] {
        var rest = edits
        var order: [Edit] = []
        var placed: Set<ChainHash> = []
        while !rest.isEmpty {
            let ready = rest.indices.filter { rest[$0].replaces.allSatisfy(placed.contains) }
            let edit = rest.remove(at: random.pick(ready))
            placed.insert(edit.chain)
            order.append(edit)
        }
        return order
    }
}
