import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

@testable import quipu

/// What people say and are told about clocks.
@Suite struct ClockCommandTests {
    private static let day: Int64 = 86_400_000

    private func bench() throws -> CommandBench {
        let bench = try CommandBench()
        try bench.run("init")
        bench.world.advance(milliseconds: 100 * Self.day)
        return bench
    }

    @Test func `a clock that its owner trusts stays trusted until that is undone`() throws {
        let bench = try bench()
        #expect(try bench.run("config", "clock").output == "measured\n")
        #expect(try bench.run("config", "clock", "trusted").output == "trusted\n")
        #expect(try bench.object("config", "clock")["clock"] == "trusted")
        #expect(try bench.store("archive").clock.reading().isSynchronized)
        #expect(try bench.run("config", "clock", "measured").output == "measured\n")
        #expect(try !bench.store("archive").clock.reading().isSynchronized)
        #expect(try bench.run("config", "clock", "right").code == .usage)
    }

    @Test func `status reports on both sides that two clocks differ`() throws {
        let bench = try bench()
        try bench.mirror(in: "mirror")
        try bench.run("remote", "add", "origin", bench.folder.path(of: "mirror"))
        let mirror = try bench.store("mirror")
        let far = try mirror.clock.correctedNow() + 3 * Self.day
        try mirror.clock.hold(clockOfCaller: .init(milliseconds: far, isSynchronized: false))
        let store = try bench.store("archive")
        let comparison = try store.clock.compare(
            own: store.clock.correctedNow(), other: .init(milliseconds: far, isSynchronized: true),
            as: .answerer)
        try store.clock.noteDifference(
            ClockDifference(comparison, peer: .init(milliseconds: far, isSynchronized: true)),
            remote: "origin")
        #expect(
            try bench.run("status").output.contains(
                "this machine's clock is 3 days behind that of 'origin'; that one is declared right"))
        #expect(
            try bench.run("status", at: "mirror").output.contains(
                "3 days behind that of one who synced with it; it is not known which is right"))
        try bench.run("remote", "remove", "origin")
        #expect(try !bench.run("status").output.contains("clock"))
    }

    @Test func `impossible times are marked as uncertain`() throws {
        let bench = try bench()
        bench.world.advance(milliseconds: -20_000 * Self.day)
        let id = try bench.id("add", "article", "title=Water")
        #expect(try bench.run("log").output.contains("1971"))
        #expect(try bench.run("history", id).output.contains("? "))
        #expect(try bench.object("history", id)["timeUncertain"] == true)
    }
}
