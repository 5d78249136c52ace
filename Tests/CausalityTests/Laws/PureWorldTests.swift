import Testing

@testable import NaiveModel

/// Every small history of whole records: several fields, sets, imports, deletes, merges, copies and roll-backs.
///
/// `QUIPU_THOROUGH=seeds` takes the four largest plots one step further; `QUIPU_DEPTH=1` takes all one
/// step further, in minutes instead of seconds; `QUIPU_PLOT=nothing` tells one plot only. A failure prints the
/// shortest script that leads to it.
struct PureWorldTests {
    static let everywhere: [Step] = [
        .importing(0, edition: "V"), .exchange(0, with: 1), .exchange(0, with: 2),
    ]
    static let corrected: [Step] = everywhere + [.set(0), .set(1)]
    /// Two hold what one of them wrote, the third does not yet.
    static let known: [Step] = everywhere + [.set(0), .exchange(0, with: 1)]
    /// One merged what two wrote; the third has the later word of one of them, and not the merge.
    static let merged: [Step] =
        corrected + [.pull(1, from: 0), .merge(1), .set(0), .exchange(0, with: 2)]
    /// One imported and corrected one edition, another imported another.
    static let sources: [Step] = [.importing(0, edition: "V"), .set(0), .importing(1, edition: "W")]

    /// There are no texts here, so none can be dropped.
    private static let all = Plot.Verb.allCases.filter {
        ![.compact, .undo, .importingOther, .setOther, .join, .joinBack, .part].contains($0)
    }
    /// What can happen before anything is contested.
    private static let early = all.filter { ![.resolve, .mergeByHand, .merge].contains($0) }

    /// One forgot the article for good, the others hold it as it was corrected and annotated.
    static let purged: [Step] = known + [.annotate(0), .exchange(0, with: 1), .delete(0), .purge(0)]

    private static let isFull = Plot.playsAllSeeds

    static let plots: [Plot] = [
        Plot("nothing", beginning: [], verbs: early, depth: 3, leastStates: 2_000),
        Plot("an article everywhere", beginning: everywhere, verbs: early, depth: 3, leastStates: 4_500),
        Plot(
            "two corrections", beginning: corrected, verbs: all, depth: isFull ? 3 : 2,
            leastStates: isFull ? 11_000 : 600),
        Plot(
            "sources and merges", beginning: corrected,
            verbs: [.importing, .set, .resolve, .merge, .exchange, .pull], depth: isFull ? 4 : 3,
            leastStates: isFull ? 7_600 : 900),
        Plot(
            "a merge that not all have seen", beginning: merged,
            verbs: [.set, .resolve, .delete, .merge, .exchange, .pull], depth: 3, leastStates: 350),
        Plot(
            "two sources", beginning: sources, verbs: [.importing, .set, .exchange, .pull], depth: 3,
            leastStates: 100),
        Plot(
            "deletes", beginning: everywhere,
            verbs: [.set, .annotate, .importing, .delete, .restore, .resolve, .exchange],
            depth: isFull ? 4 : 3,
            leastStates: isFull ? 5_500 : 650),
        Plot(
            "purges", beginning: everywhere,
            verbs: [.set, .importing, .annotate, .delete, .purge, .restore, .exchange], depth: isFull ? 4 : 3,
            leastStates: isFull ? 5_000 : 700),
        Plot(
            // Nothing is merged there: what was purged never is.
            "after a purge", beginning: purged,
            verbs: [.set, .importing, .annotate, .delete, .purge, .restore, .resolve, .exchange],
            depth: 3, leastStates: 430),
        Plot(
            "copies and roll-backs", beginning: known,
            verbs: [.set, .copy, .putBack, .putBackArchive, .exchange, .pull, .cut], depth: 4,
            leastStates: 1_850),
    ]

    @Test(arguments: Plot.chosen(from: plots))
    func `every small history of records converges on the naive model's view and loses no edit`(plot: Plot) {
        let began = ContinuousClock.now
        let models = PureModels()
        var worlds = Enumeration()
        worlds.explore(plot, from: PureWorld(models), depth: plot.depth + Plot.additionalDepth)
        if let complaint = worlds.complaint { Issue.record("\(complaint)") }
        #expect(worlds.complaint != nil || worlds.states >= plot.leastStates)
        #expect(worlds.complaint != nil || worlds.idleVerbs(of: plot) == [])
        print(
            "From \(plot.name): \(worlds.summary); \(models.viewCount) views held against",
            "\(models.count) models; \(ContinuousClock.now - began)")
    }
}
