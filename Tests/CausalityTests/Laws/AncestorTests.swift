import QuipuCausality
import Testing

@testable import NaiveModel

struct AncestorTests {
    @Test(arguments: Seeds.upTo(40))
    func `nearest common ancestors and pasts match the naive model`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let edits =
            random.chance(1, in: 2)
            ? RandomHistory.wild(count: 10, using: &random)
            : RandomHistory.honest(replicas: 3, steps: 30, using: &random)
        let log = FieldLog(edits)
        let naive = NaiveField(edits)
        for first in naive.members.indices {
            let one = log.field[log.key(edits[naive.members[first][0]].chain)]!
            let past = Set(log.field.past(of: one).map { log.chains(log.field[$0]!) })
            #expect(past == Set(naive.past[first].map { naive.chains($0) }))
            for second in naive.members.indices {
                let other = log.field[log.key(edits[naive.members[second][0]].chain)]!
                let found = log.field.nearestCommonAncestors(one, other)
                #expect(Set(found.map { log.chains($0) }).count == found.count)
                let expected = Set(naive.nearestCommonAncestors(first, second).map { naive.chains($0) })
                if Set(found.map { log.chains($0) }) != expected {
                    Issue.record("versions \(first) and \(second) of\n\(log.inWords)")
                    return
                }
            }
        }
    }

    @Test
    func `two edits of one version have that version as their nearest common ancestor`() {
        var scene = Scene()
        let old = scene.hand("A")
        let base = scene.hand("B", over: old)
        let (left, right) = (scene.hand("L", over: base), scene.hand("R", over: base))
        let found = scene.log.field.nearestCommonAncestors(scene.version(left), scene.version(right))
        #expect(found.map(\.key) == [scene.log.key(base.chain)])
    }

    @Test
    func `crossed resolutions have two nearest common ancestors, and edits of nothing have none`() {
        var scene = Scene()
        let (one, other) = (scene.hand("A"), scene.hand("B"))
        let (left, right) = (scene.hand("L", over: one, other), scene.hand("R", over: one, other))
        func nearest(_ first: Edit, _ second: Edit) -> Set<VersionKey> {
            Set(
                scene.log.field.nearestCommonAncestors(scene.version(first), scene.version(second))
                    .map(\.key))
        }
        #expect(nearest(left, right) == [scene.log.key(one.chain), scene.log.key(other.chain)])
        #expect(nearest(one, other) == [])
    }
}
