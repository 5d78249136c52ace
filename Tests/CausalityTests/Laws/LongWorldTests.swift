import Testing

@testable import NaiveModel

/// What small worlds are too small for.
struct LongWorldTests {
    @Test(arguments: Seeds.upTo(60))
    func `long random histories converge and lose no edit`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let replicas = Int.random(in: 2...5, using: &random)
        var world = FieldWorld(replicas: replicas)
        for step in 0..<60 {
            world.perform(RandomHistory.action(step, replicas: replicas, using: &random))
            if random.chance(1, in: 3) { world.tick(milliseconds: 1) }
        }
        world.converge()
        let fields = world.replicas.map(\.field)
        let naive = NaiveField(fields[0].log)
        for field in fields where !HeadsTests.expectAgreement(field, naive.summary) { return }
        #expect(Set(fields.map(\.digest)).count == 1)
        if let complaint = LostFieldEdits.complaint(about: naive) {
            Issue.record("\(complaint)\n\(fields[0].inWords)")
        }
    }
}
