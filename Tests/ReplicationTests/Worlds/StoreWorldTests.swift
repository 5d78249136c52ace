import NaiveModel
import Testing

/// Every small history on the real store and over the real exchange.
///
/// `QUIPU_THOROUGH=seeds` takes two plots one step further than usual, and `QUIPU_THOROUGH=1` the larger
/// ones too, in five minutes of CPU time; `QUIPU_DEPTH=1` takes all one step further, in an hour;
/// `QUIPU_PLOT=deletes` tells one plot only.
/// A failure prints the shortest script that leads to it.
@Suite struct StoreWorldTests {
    static let everywhere: [Step] = [
        .importing(0, edition: "V"), .exchange(0, with: 1), .exchange(0, with: 2),
    ]

    static let bothEverywhere: [Step] =
        [
            .importing(0, edition: "V"), .importingOther(0, edition: "X"), .exchange(0, with: 1),
            .exchange(0, with: 2),
        ]
    static let corrected: [Step] = everywhere + [.set(0), .set(1)]
    static let known: [Step] = everywhere + [.set(0), .exchange(0, with: 1)]

    /// What comes of no records at all takes long to become interesting.
    static let thorough = [Plot("nothing", beginning: [], verbs: early, depth: 3, leastStates: 1_100)]

    static let plots: [Plot] =
        (Plot.isThorough ? thorough : []) + [
            Plot(
                "an article everywhere", beginning: everywhere, verbs: early, depth: Plot.isThorough ? 3 : 2,
                leastStates: Plot.isThorough ? 4_500 : 290),
            Plot("two corrections", beginning: corrected, verbs: all, depth: 2, leastStates: 650),
            Plot(
                "fields and sets", beginning: everywhere,
                verbs: [.set, .setTwo, .tag, .untag, .exchange, .pull], depth: Plot.playsAllSeeds ? 3 : 2,
                leastStates: Plot.playsAllSeeds ? 430 : 50),
            Plot(
                "sources and merges", beginning: corrected,
                verbs: [.importing, .resolve, .mergeByHand, .merge, .exchange, .pull],
                depth: Plot.playsAllSeeds ? 3 : 2, leastStates: Plot.playsAllSeeds ? 500 : 70),
            Plot(
                "deletes", beginning: everywhere,
                verbs: [.set, .annotate, .importing, .delete, .restore, .resolve, .exchange],
                depth: 3, leastStates: 680),
            Plot(
                "copies and roll-backs", beginning: known,
                verbs: [.set, .copy, .putBack, .putBackArchive, .exchange, .pull, .cut],
                depth: Plot.isThorough ? 4 : 3, leastStates: Plot.isThorough ? 1_850 : 310),
            Plot(
                "compaction", beginning: known,
                verbs: [.set, .importing, .delete, .restore, .compact, .exchange, .pull],
                depth: Plot.isThorough ? 3 : 2, leastStates: Plot.isThorough ? 600 : 70),
            Plot(
                "purges", beginning: known,
                verbs: [.set, .annotate, .importing, .delete, .purge, .restore, .compact, .exchange, .pull],
                depth: Plot.isThorough ? 3 : 2, leastStates: Plot.isThorough ? 600 : 110),
            Plot(
                "merged records", beginning: bothEverywhere,
                verbs: [.set, .setOther, .importingOther, .join, .joinBack, .part, .exchange],
                depth: Plot.isThorough ? 3 : 2, leastStates: Plot.isThorough ? 1_200 : 100),
            Plot(
                "merged records that are deleted",
                beginning: bothEverywhere + [.join(0), .exchange(0, with: 1), .delete(0), .setOther(1)],
                verbs: [
                    .setOther, .join, .joinBack, .part, .delete, .restore, .purge, .resolve, .undo, .exchange,
                ], depth: Plot.isThorough ? 3 : 2, leastStates: Plot.isThorough ? 300 : 60),
            Plot(
                "undos", beginning: known,
                verbs: [.set, .tag, .importing, .delete, .restore, .undo, .exchange],
                depth: Plot.isThorough ? 3 : 2, leastStates: Plot.isThorough ? 700 : 100),
            Plot(
                "undos of resolutions", beginning: corrected + [.exchange(0, with: 1)],
                verbs: [.resolve, .mergeByHand, .merge, .undo, .exchange], depth: Plot.isThorough ? 4 : 3,
                leastStates: Plot.isThorough ? 1_300 : 300),
            Plot(
                "memory", beginning: known, verbs: [.set, .copy, .putBack, .exchange, .pull],
                depth: Plot.isThorough ? 3 : 2, leastStates: Plot.isThorough ? 650 : 100,
                remembersAgreements: true),
            Plot(
                "clocks apart", beginning: known, verbs: [.set, .importing, .delete, .restore, .exchange],
                depth: 2, leastStates: 80,
                clockOffsetsMilliseconds: [0, 3_600_000, -3_600_000]),
            Plot(
                "wrong clocks", beginning: known,
                verbs: [.set, .importing, .delete, .restore, .exchange, .copy],
                depth: 2, leastStates: 180,
                clockOffsetsMilliseconds: [0, 3 * 86_400_000, -10_000 * 86_400_000], synchronizedSeats: [0]),
            Plot(
                "wrong clocks that nobody can set right", beginning: known, verbs: [.set, .exchange, .copy],
                depth: 2, leastStates: 60,
                clockOffsetsMilliseconds: [0, 3 * 86_400_000, -10_000 * 86_400_000]),
        ]

    private static let all = Plot.Verb.allCases.filter {
        ![.undo, .importingOther, .setOther, .join, .joinBack, .part].contains($0)
    }
    /// What can happen before anything is contested.
    private static let early = all.filter { ![.resolve, .mergeByHand, .merge].contains($0) }

    @Test(arguments: Plot.chosen(from: plots))
    func `every small history converges on the naive model's view and loses no edit`(plot: Plot) throws {
        let began = ContinuousClock.now
        let pool = try ReplicaPool(for: plot)
        var worlds = Enumeration()
        worlds.explore(plot, from: try StoreWorld(pool), depth: plot.depth + Plot.additionalDepth)
        if let complaint = worlds.complaint { Issue.record("\(complaint)") }
        #expect(worlds.complaint != nil || worlds.states >= plot.leastStates)
        #expect(worlds.complaint != nil || worlds.idleVerbs(of: plot) == [])
        print(
            "From \(plot.name): \(worlds.summary); on the real store \(pool.stepsRun) steps,",
            "\(pool.meetingsRun) exchanges, \(pool.replicas.count) replicas, \(pool.verifiedCount) verified,",
            "against \(pool.modelCount) models; \(ContinuousClock.now - began)")
    }
}
