import QuipuCausality
import Testing

@testable import NaiveModel

struct VisibleTests {
    @Test
    func `a person's head is shown before the program's, however late the program's is`() {
        var scene = Scene()
        scene.hand("H", at: 1)
        scene.program("V", at: 1_000_000)
        #expect(scene.visible == "H" && scene.isInConflict)
        #expect(scene.isAgreed)
    }

    @Test
    func `the later stamp of two people's heads is shown`() {
        var scene = Scene()
        scene.hand("late", at: 2)
        scene.hand("early", at: 1)
        #expect(scene.visible == "late")
    }

    @Test
    func `the later stamp of two imports is shown, counted from each one's earliest twin`() {
        var scene = Scene()
        scene.program("V", at: 5)
        scene.program("W", at: 6)
        #expect(scene.visible == "W")
        scene.program("W", at: 4)
        #expect(scene.visible == "V", "W was first made at 4")
        #expect(scene.isAgreed)
    }

    @Test
    func `equal stamps are ordered by the chain hash`() {
        var scene = Scene()
        let edits = [scene.hand("one", at: 1), scene.hand("two", at: 1), scene.hand("three", at: 1)]
        #expect(scene.visible == edits.max { $0.chain < $1.chain }?.value)
    }

    @Test
    func `a clock note that subtracts a day changes which head is shown, not which versions are heads`() {
        func field(offsetMilliseconds: Int64) -> FieldLog {
            var log = FieldLog()
            log.apply(
                Edit(
                    stamp: Stamp(milliseconds: 90_000_000).corrected(offsetMilliseconds: offsetMilliseconds),
                    isByHand: true, value: "fast clock"))
            log.apply(Edit(stamp: Stamp(milliseconds: 10_000_000), isByHand: true, value: "right clock"))
            return log
        }
        let (before, after) = (field(offsetMilliseconds: 0), field(offsetMilliseconds: 86_400_000))
        #expect(before.value(before.field.visible!) == "fast clock")
        #expect(after.value(after.field.visible!) == "right clock")
        #expect(before.field.heads.count == 2 && after.field.heads.count == 2)
    }

    @Test
    func `a replaced version is not shown, whatever its stamp`() {
        var scene = Scene()
        let old = scene.hand("old", at: 1_000_000)
        scene.hand("new", over: old, at: 1)
        #expect(scene.visible == "new" && scene.heads == ["new"])
    }
}
