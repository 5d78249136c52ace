import Support
import Testing

extension Processes {
    /// Clocks of the machine that say what no clock should.
    struct ClockTroubleTests {
        @Test func `commands work while the clock reads a time before the boot`() throws {
            let place = try TemporaryFolder()
            let library = try PreloadedLibrary("boottime")
            let ana = try Machine("ana", in: place, variables: ["LD_PRELOAD": library.path])
            try ana.quipu("init", "--name", "press")
            let id = try ana.add(title: "The bridge opens")
            try ana.quipu("tag", id, "+river")
            #expect(try ana.articleCount == 1)
        }
    }
}
