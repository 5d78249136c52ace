import QuipuCausality
import Testing

@testable import NaiveModel

struct TwinTests {
    @Test
    func `two imports of one value over the same versions are one version with two members`() {
        var scene = Scene()
        let first = scene.program("V", at: 20)
        let second = scene.program("V", at: 10)
        #expect(scene.log.field.versions.count == 1)
        #expect(scene.version(first) == scene.version(second))
        #expect(scene.version(first).members.count == 2)
        #expect(scene.version(first).representative.chain == second.chain, "it goes under the least stamp")
        #expect(scene.isAgreed)
    }

    @Test
    func `twins with equal stamps are represented by the smallest chain hash`() {
        var scene = Scene()
        let twins = [scene.program("V", at: 10), scene.program("V", at: 10), scene.program("V", at: 10)]
        #expect(scene.version(twins[0]).representative.chain == twins.map(\.chain).min())
    }

    @Test
    func `imports of different values, or over different versions, are not twins`() {
        var scene = Scene()
        let first = scene.program("V")
        let other = scene.program("W")
        let again = scene.program("V", over: first)
        let both = scene.program("V", over: first, other)
        #expect(scene.log.field.versions.count == 4)
        #expect(Set([first, other, again, both].map { scene.log.key($0.chain) }).count == 4)
        #expect(scene.isAgreed)
    }

    @Test
    func `two people who write the same value make two versions and no conflict`() {
        var scene = Scene()
        scene.hand("H")
        scene.hand("H")
        #expect(scene.log.field.versions.count == 2)
        #expect(scene.log.field.heads.count == 2)
        #expect(!scene.isInConflict)
        #expect(scene.isAgreed)
    }

    @Test
    func `a manual edit with an import's value is not its twin`() {
        var scene = Scene()
        scene.program("V")
        scene.hand("V")
        #expect(scene.log.field.versions.count == 2)
    }

    @Test
    func `a correction of one import is not contested by its twin`() {
        var scene = Scene()
        let first = scene.program("V")
        scene.hand("H", over: first)
        scene.program("V")
        #expect(scene.heads == ["H"])
        #expect(scene.isAgreed)
    }

    @Test
    func `versions that replace twins with one value are twins`() {
        var scene = Scene()
        let (first, second) = (scene.program("V"), scene.program("V"))
        let (third, fourth) = (scene.program("W", over: first), scene.program("W", over: second))
        #expect(scene.log.key(third.chain) == scene.log.key(fourth.chain))
        let fifth = scene.program("W", over: first, second)
        #expect(scene.log.key(third.chain) == scene.log.key(fifth.chain))
        #expect(scene.log.field.versions.count == 2)
        #expect(scene.isAgreed)
    }

    @Test
    func `a member that is loaded twice is kept once`() {
        var scene = Scene()
        let edit = scene.program("V")
        var field = scene.log.field
        field.insert(scene.version(edit))
        #expect(field == scene.log.field)
        #expect(field.version(at: 1)?.key == scene.log.key(edit.chain))
        #expect(field.version(at: 2) == nil)
    }
}
