import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// `sync --watch`: what one side writes is on the other without anybody asking for it.
    struct WatchTests {
        @Test
        func `edits on either machine reach the other`() throws {
            let office = try Office(articles: ["The bridge opens"])
            let (ana, ben) = (try Watching(office.ana), try Watching(office.ben))
            try ana.waitUntilInSync()
            try ben.waitUntilInSync()
            _ = try office.ana.add(title: "Fog in the harbour")
            try ben.waitForReceived(1)
            _ = try office.ben.add(title: "Market moves")
            try ana.waitForReceived(1)
            try expectSame(office.ana, office.ben)
            for watching in [ana, ben] { try watching.stop() }
        }

        @Test
        func `edits of a server's own archive reach its watchers`() throws {
            let office = try Office(articles: ["The bridge opens"])
            let ben = try Watching(office.ben)
            try ben.waitUntilInSync()
            let there = Machine("office", at: office.place.path(of: "office/press"))
            _ = try there.add(title: "Fog in the harbour")
            try ben.waitForReceived(1)
            try expectSame(there, office.ben)
        }

        @Test
        func `all of an import is sent while it runs or after it`() throws {
            let office = try Office()
            let (ana, ben) = (try Watching(office.ana), try Watching(office.ben))
            try ana.waitUntilInSync()
            try ben.waitUntilInSync()
            try office.ana.quipu(
                "import", try office.place.write(SampleCollection.text, to: "collection.txt"))
            try ben.waitForReceived(office.ana.articleCount)
            try expectSame(office.ana, office.ben)
        }

        @Test
        func `watchers reconnect to a server that was killed and restarted, and nothing is lost`() throws {
            let office = try Office(articles: ["The bridge opens"])
            let (ana, ben) = (try Watching(office.ana), try Watching(office.ben))
            try ana.waitUntilInSync()
            try ben.waitUntilInSync()
            office.server.program.kill()
            _ = try office.server.program.finish()
            _ = try office.ana.add(title: "Fog in the harbour")
            let again = try ServedRoot(
                office.place.path(of: "office"), listen: "127.0.0.1:\(office.server.port)")
            try ben.waitForReceived(1)
            try expectSame(office.ana, office.ben)
            // Both say once that it was away, and neither ended for it.
            for watching in [ana, ben] { try watching.stop() }
            try again.stop()
        }

        @Test
        func `a stopping server ends its streams and does not wait for them`() throws {
            let office = try Office()
            let ben = try Watching(office.ben)
            try ben.waitUntilInSync()
            #expect(try office.server.stop().exitCode == 0)
            try ben.stop()
        }

        @Test
        func `a mirror in a folder is watched too, in both directions`() throws {
            let place = try TemporaryFolder()
            let (ana, stick) = (try Machine("ana", in: place), try Machine("stick", in: place))
            try ana.quipu("init", "--name", "press")
            try stick.quipu("clone", ana.folder, ".")
            try ana.quipu("remote", "add", "stick", stick.folder)
            let watching = try Watching(ana)
            try watching.waitUntilInSync()
            _ = try stick.add(title: "The bridge opens")
            try watching.waitForReceived(1)
            _ = try ana.add(title: "Fog in the harbour")
            try watching.waitForSent(1)
            try expectSame(ana, stick)
            try watching.stop()
        }

        @Test
        func `watch waits for a missing server until a signal ends it`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let port = try UnusedPort()
            try ana.quipu("remote", "add", "origin", "http://127.0.0.1:\(port.port)/press")
            let watching = try Watching(ana)
            let ending = try watching.stop(afterErrorLine: true)
            #expect(ending.errors.contains("cannot be reached"))
            #expect(ending.errors.contains("trying again"))
        }

        @Test
        func `errors that waiting cannot resolve end a watch with the exit code of a plain sync`() throws {
            let office = try Office()
            let caro = try Machine("caro", in: office.place)
            try caro.quipu("init", "--name", "press")
            let outcome = try caro.run(["sync", office.url, "--watch", "--json"])
            #expect(outcome.exitCode == 1, "\(outcome)")
            #expect(outcome.error["error"]?.string == "other-archive", "\(outcome)")
            #expect(try caro.refusal("sync", "nowhere", "--watch").error == "unknown-remote")
            #expect(try caro.refusal("sync", office.url, "--watch", "--dry-run", exit: 2).error == "usage")
        }
    }
}

/// A machine's `sync --watch` until it is told to stop, or its last reference goes.
final class Watching {
    private let program: ChildProgram
    private var sent = 0
    private var received = 0

    init(_ machine: Machine) throws { program = try machine.start("sync", "--watch", "--json") }

    /// Reads what it says of the next exchange.
    private func next() throws -> JSONValue {
        let line = try #require(try program.readLine(), "it has ended")
        let report = try JSONParser().parse(line)
        sent += report["sent"]?.integer ?? 0
        received += report["received"]?.integer ?? 0
        return report
    }

    func waitUntilInSync() throws { while try next()["inSync"]?.bool != true {} }

    /// Waits until so many records came since the last wait.
    func waitForReceived(_ count: Int) throws {
        while received < count { _ = try next() }
        received -= count
    }

    func waitForSent(_ count: Int) throws {
        while sent < count { _ = try next() }
        sent -= count
    }

    /// Asks it to end (SIGTERM), and expects that it does so as something that went well.
    @discardableResult
    func stop(afterErrorLine: Bool = false) throws -> ChildProgram.Ending {
        if afterErrorLine { try program.waitForErrors() }
        program.terminate()
        let ending = try program.finish()
        #expect(ending.exitCode == 0, "\(ending.output)\(ending.errors)")
        return ending
    }
}
