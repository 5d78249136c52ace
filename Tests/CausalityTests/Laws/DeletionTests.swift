import QuipuCausality
import Testing

@testable import NaiveModel

struct DeletionTests {
    static func positions(_ chains: Set<ChainHash>, in log: FieldLog) -> Set<Int64> {
        Set(log.log.indices.filter { chains.contains(log.log[$0].chain) }.map { Int64($0 + 1) })
    }

    static func unseen(_ scene: Scene, observed: Edit...) -> Set<String> {
        let positions = positions(Set(observed.map(\.chain)), in: scene.log)
        return Set(
            Deletion.unobservedHeads(of: scene.log.field, observed: positions).map { scene.log.value($0) })
    }

    @Test(arguments: Seeds.upTo(60))
    func `unseen heads match the naive model`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let edits =
            random.chance(1, in: 2)
            ? RandomHistory.wild(count: 10, using: &random)
            : RandomHistory.honest(replicas: 3, steps: 30, using: &random)
        let log = FieldLog(edits)
        let naive = NaiveField(edits)
        for _ in 0..<8 {
            let observed = Set(edits.map(\.chain).filter { _ in random.chance(1, in: 3) })
            let found = Deletion.unobservedHeads(of: log.field, observed: Self.positions(observed, in: log))
            let expected = naive.unobservedHeads(observed: observed).map { naive.chains($0) }
            if Set(found.map { log.chains($0) }) != Set(expected) {
                Issue.record("\(found.count) unseen of\n\(log.inWords)")
                return
            }
        }
    }

    @Test
    func `a manual edit that the delete had not seen contests it, and an import does not`() {
        var scene = Scene()
        let imported = scene.program("T")
        let edit = scene.hand("H", over: imported)
        scene.program("U", over: imported)
        #expect(Self.unseen(scene, observed: imported) == ["H"])
        #expect(Self.unseen(scene, observed: edit) == [])
        #expect(Self.unseen(scene) == ["H"])
    }

    @Test
    func `seeing a version implies seeing what it replaced, not what replaced it`() {
        var scene = Scene()
        let old = scene.hand("A")
        let new = scene.hand("B", over: old)
        #expect(Self.unseen(scene, observed: new) == [])
        #expect(Self.unseen(scene, observed: old) == ["B"])
    }

    @Test
    func `a merge counts as the manual versions that it merged`() {
        var scene = Scene()
        let (left, right) = (scene.hand("L"), scene.hand("R"))
        let merge = scene.program("LR", over: left, right)
        #expect(Self.unseen(scene, observed: left, right) == [], "a delete that saw both sides saw the merge")
        #expect(Self.unseen(scene, observed: left) == ["LR"])
        #expect(Self.unseen(scene, observed: merge) == [])
    }

    @Test
    func `seeing one twin implies seeing the version`() {
        var scene = Scene()
        let (left, right) = (scene.hand("L"), scene.hand("R"))
        scene.program("LR", over: left, right)
        let twin = scene.program("LR", over: left, right)
        #expect(Self.unseen(scene, observed: twin) == [])
    }

    /// The second directed history of the executable model: a delete confirmed at one replica, restored and edited at
    /// the other. Resolving to "deleted" is a delete and has seen what it lists.
    @Test
    func `a resolution that takes the delete has seen only the versions that it lists`() {
        var deleted = Scene()
        var body = Scene()
        let first = body.hand("H")
        let delete = deleted.hand("true")
        let restore = deleted.hand("false", over: delete, at: 9_000)
        let confirm = deleted.hand("true", over: delete, at: 8_000)
        let second = body.hand("H2", over: first)
        #expect(deleted.visible == "false" && deleted.isInConflict)
        deleted.hand("true", over: restore, confirm)
        #expect(deleted.heads == ["true"])
        #expect(Self.unseen(body, observed: first) == ["H2"], "the confirmation alone had seen H only")
        #expect(Self.unseen(body, observed: second) == [])
        #expect(deleted.isAgreed && body.isAgreed)
    }
}
