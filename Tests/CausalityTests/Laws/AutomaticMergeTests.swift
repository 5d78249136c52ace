import QuipuCausality
import Testing

@testable import NaiveModel

/// A merge is what the program makes out of versions of which one is made by hand.
struct AutomaticMergeTests {
    @Test
    func `a merge closes the conflict it merged`() {
        var scene = Scene()
        let base = scene.hand("B")
        let (left, right) = (scene.hand("L", over: base), scene.hand("R", over: base))
        let merge = scene.program("LR", over: left, right)
        #expect(scene.heads == ["LR"])
        #expect(!scene.isInConflict)
        #expect(scene.version(merge).isMerge && !scene.version(merge).isImport)
        #expect(scene.isAgreed)
    }

    @Test
    func `two replicas that merge the same heads into the same text make one version`() {
        var scene = Scene()
        let (left, right) = (scene.hand("L"), scene.hand("R"))
        let (one, other) = (scene.program("LR", over: left, right), scene.program("LR", over: right, left))
        #expect(scene.log.key(one.chain) == scene.log.key(other.chain))
        #expect(scene.log.field.heads.count == 1)
        #expect(scene.isAgreed)
    }

    @Test
    func `a manual resolution that replaces the merged versions replaces the merge that it had not seen`() {
        for mergeComesFirst in [true, false] {
            var scene = Scene()
            let (left, right) = (scene.hand("L"), scene.hand("R"))
            if mergeComesFirst { scene.program("LR", over: left, right) }
            scene.hand("H", over: left, right)
            if !mergeComesFirst { scene.program("LR", over: left, right) }
            #expect(scene.heads == ["H"])
            #expect(scene.isAgreed)
        }
    }

    @Test
    func `a resolution that replaces the merged versions through other versions replaces the merge too`() {
        for mergeComesFirst in [true, false] {
            var scene = Scene()
            let (left, right) = (scene.hand("L"), scene.hand("R"))
            if mergeComesFirst { scene.program("LR", over: left, right) }
            let first = scene.hand("H", over: left)
            scene.hand("K", over: first, right)
            if !mergeComesFirst { scene.program("LR", over: left, right) }
            #expect(scene.heads == ["K"])
            #expect(scene.isAgreed)
        }
    }

    @Test
    func `an edit of one merged version leaves the merge as a second head`() {
        var scene = Scene()
        let (left, right) = (scene.hand("L"), scene.hand("R"))
        scene.program("LR", over: left, right)
        scene.hand("L2", over: left)
        #expect(scene.heads == ["LR", "L2"])
        #expect(scene.visible == "L2", "a person's head goes before the program's, whatever the stamps")
        #expect(scene.isAgreed)
    }

    @Test
    func `a program's version replaces only the versions that it names`() {
        var scene = Scene()
        let (left, right) = (scene.hand("L"), scene.hand("R"))
        scene.program("LR", over: left, right)
        scene.program("RL", over: left, right)
        #expect(scene.heads == ["LR", "RL"])
        #expect(scene.isInConflict)
        #expect(scene.isAgreed)
    }
}
