import QuipuCausality
import Testing

@testable import NaiveModel

struct ImportRuleTests {
    @Test
    func `a manual correction stays visible, and a changed source appears beside it`() {
        var scene = Scene()
        let old = scene.program("T")
        scene.hand("H", over: old)
        #expect(scene.frontier == ["T"], "the same file again has nothing to write")
        scene.program("U", over: old)
        #expect(scene.heads == ["H", "U"])
        #expect(scene.visible == "H" && scene.isInConflict)
        #expect(scene.isAgreed)
    }

    @Test
    func `an import that nobody corrected is replaced by the next`() {
        var scene = Scene()
        let old = scene.program("T")
        scene.program("U", over: old)
        #expect(scene.heads == ["U"] && scene.frontier == ["U"])
        #expect(scene.isAgreed)
    }

    @Test
    func `the import frontier holds every import that no import replaced, and an import replaces them all`() {
        var scene = Scene()
        let (one, other) = (scene.program("T"), scene.program("U"))
        #expect(scene.frontier == ["T", "U"])
        scene.hand("H", over: one, other)
        #expect(scene.frontier == ["T", "U"], "a hand edit leaves what was imported last as it is")
        scene.program("W", over: one, other)
        #expect(scene.frontier == ["W"])
        #expect(scene.heads == ["H", "W"])
        #expect(scene.isAgreed)
    }

    @Test
    func `a merge is not an import`() {
        var scene = Scene()
        let imported = scene.program("T")
        let (left, right) = (scene.hand("L", over: imported), scene.hand("R", over: imported))
        scene.program("LR", over: left, right)
        #expect(scene.frontier == ["T"])
        #expect(scene.isAgreed)
    }

    @Test
    func `a correction also replaces another import of the corrected value, in either order`() {
        for correctionComesFirst in [true, false] {
            var scene = Scene()
            let (first, other) = (scene.program("T"), scene.program("U"))
            if correctionComesFirst { scene.hand("H", over: first) }
            // At another replica the source went from U to T; the correction knows T and not U.
            scene.program("T", over: other)
            if !correctionComesFirst { scene.hand("H", over: first) }
            #expect(scene.heads == ["H"])
            #expect(scene.isAgreed)
        }
    }

    @Test
    func `a correction replaces another import of the corrected value through later versions too`() {
        var scene = Scene()
        let (first, other) = (scene.program("T"), scene.program("U"))
        let correction = scene.hand("H", over: first)
        scene.hand("K", over: correction)
        scene.program("T", over: other)
        #expect(scene.heads == ["K"])
        #expect(scene.isAgreed)
    }

    @Test
    func `a source that changed back appears beside the correction of its earlier value`() {
        // "…unless that version is behind the import": T was corrected, became U, and is T again.
        var scene = Scene()
        let first = scene.program("T")
        scene.hand("H", over: first)
        let second = scene.program("U", over: first)
        scene.program("T", over: second)
        #expect(scene.heads == ["H", "T"])
        #expect(scene.isAgreed)
    }

    @Test
    func `an imported value that a person wrote and replaced counts as replaced`() {
        var scene = Scene()
        let typed = scene.hand("T")
        scene.hand("H", over: typed)
        scene.program("T")
        #expect(scene.heads == ["H"])
        #expect(scene.isAgreed)
    }

    @Test
    func `a version by the program never replaces an import that it does not name`() {
        var scene = Scene()
        let first = scene.program("T")
        scene.program("V", over: first)
        scene.program("U")
        let other = scene.program("W")
        scene.program("T", over: other)
        #expect(scene.heads == ["V", "U", "T"])
        #expect(scene.isAgreed)
    }

    /// The first directed history of the executable model: T read at both, corrected at one, there U, resolved, synced;
    /// then the source is T again.
    @Test(arguments: [0, 1])
    func `a source that returns to its earlier value is shown after the conflict was resolved`(choice: Int) {
        var world = FieldWorld(replicas: 2)
        world.perform(.importing(0, "T"))
        world.perform(.importing(1, "T"))
        world.perform(.set(0, "H"))
        world.perform(.importing(0, "U"))
        world.perform(.resolve(0, choice: choice))
        world.converge()
        let resolved = world.replicas[0].field
        #expect(!resolved.field.isInConflict)
        let wrote = world.perform(.importing(0, "T"))
        #expect(wrote, "the source differs from the last imported value")
        let log = world.replicas[0].field
        #expect(Set(log.field.heads.map { log.value($0) }).contains("T"))
        #expect(log.field.heads.count == 2 && log.field.isInConflict)
        #expect(log.field.visible?.key == resolved.field.visible?.key)
        #expect(log.summary == NaiveField(log.log).summary)
        #expect(log.log.count == 6)
    }

    @Test
    func `importing the same value twice changes nothing`() {
        var world = FieldWorld(replicas: 2)
        var wrote = [world.perform(.importing(0, "T")), world.perform(.importing(0, "T"))]
        world.perform(.set(0, "H"))
        wrote.append(world.perform(.importing(0, "T")))
        world.converge()
        wrote.append(world.perform(.importing(1, "T")))
        #expect(wrote == [true, false, false, false])
    }
}
