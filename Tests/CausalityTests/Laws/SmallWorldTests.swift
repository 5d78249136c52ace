import Testing

@testable import NaiveModel

struct SmallWorldTests {
    @Test(arguments: SmallWorlds.beginnings)
    func `every small history converges on the naive model's view and loses no edit`(
        beginning: SmallWorlds.Beginning
    ) {
        var worlds = SmallWorlds()
        worlds.explore(from: beginning)
        if let complaint = worlds.complaint { Issue.record("\(complaint)") }
        #expect(worlds.states >= beginning.leastStates)
        #expect(worlds.conflicts > 0)
        print(
            "From \(beginning.name): \(worlds.states) states, \(worlds.steps) steps,",
            "\(worlds.replicaViews) views held against the naive model, \(worlds.conflicts) open conflicts.")
    }

    @Test(arguments: [(2, 4, 1_500), (3, 3, 950)])
    func `no small history hides an unseen edit under a delete or lets a seen edit contest it`(
        replicas: Int, depth: Int, leastStates: Int
    ) {
        var worlds = SmallRecordWorlds()
        worlds.explore(replicas: replicas, depth: depth)
        if let complaint = worlds.complaint { Issue.record("\(complaint)") }
        #expect(worlds.states >= leastStates)
        #expect(worlds.contested > 0 && worlds.deleted > worlds.contested)
        print(
            "\(replicas) replicas and a delete: \(worlds.states) states, \(worlds.steps) steps,",
            "\(worlds.deleted) with a deleted record, \(worlds.contested) of them contested.")
    }
}
