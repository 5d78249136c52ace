import Foundation
import QuipuCanonicalJSON
import QuipuSQLite
import Support
import Testing

extension Processes {
    /// The trouble is at the other end: the client says so, nothing is lost on either side, and when the trouble
    /// is over a plain sync does the rest.
    struct ServerTroubleTests {
        private let office: Office
        private let there: Machine

        init() throws {
            office = try Office(articles: ["The bridge opens"])
            there = Machine("office", at: office.place.path(of: "office/press"))
            _ = try office.ana.add(title: "Fog in the harbour")
        }

        private func expectEnd(
            _ url: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            try office.ana.sync(url ?? office.url, sourceLocation: sourceLocation)
            try expectSame(office.ana, there, sourceLocation: sourceLocation)
            #expect(try there.articleCount == office.ana.articleCount, sourceLocation: sourceLocation)
        }

        @Test
        func `a push to a busy archive can be tried again`() throws {
            let holder = try Connection(path: there.storePath, options: .init(mode: .readWrite))
            try holder.transaction(.immediate) {
                let refusal = try office.ana.refusal("sync", exit: 4)
                #expect(refusal.error == "busy" && !refusal.hint.isEmpty)
            }
            try expectEnd()
        }

        @Test
        func `a push to an archive of a newer version is refused, and the archive is not modified`() throws {
            try office.server.stop()
            let database = try Connection(path: there.storePath, options: .init(mode: .readWrite))
            let version = try #require(try database.integer("PRAGMA user_version"))
            try database.execute("PRAGMA user_version = 1000")
            let server = try ServedRoot(office.place.path(of: "office"))
            for place in [server.url + "/press", there.folder] {
                let outcome = try office.ana.run(["sync", place, "--json"])
                #expect(outcome.exitCode == 1, "\(outcome)")
                #expect(outcome.error["error"]?.string == "newer-archive", "\(outcome)")
                #expect(outcome.error["hint"]?.string?.contains("newer") == true, "\(outcome)")
            }
            #expect(try database.integer("SELECT count(*) FROM record") == 1)
            // Who runs the server is told too.
            #expect(
                try server.stop().errors.contains("archive 'press': the archive was made by a newer Quipu"))
            try database.execute("PRAGMA user_version = \(version)")
            let again = try ServedRoot(office.place.path(of: "office"))
            try expectEnd(again.url + "/press")
        }

        @Test
        func `a damaged archive is reported as such by server and by path`() throws {
            try office.server.stop()
            let whole = try Data(contentsOf: URL(fileURLWithPath: there.storePath))
            var damaged = whole
            for offset in 8 << 10..<damaged.count {
                damaged[offset] = UInt8(truncatingIfNeeded: offset &* 31)
            }
            try damaged.write(to: URL(fileURLWithPath: there.storePath))
            let server = try ServedRoot(office.place.path(of: "office"))
            for place in [server.url + "/press", there.folder] {
                let outcome = try office.ana.run(["sync", place, "--json"])
                #expect(outcome.exitCode == 5, "\(outcome)")
                #expect(outcome.error["error"]?.string == "damaged", "\(outcome)")
            }
            try office.ana.expectUndamaged()
            try server.stop()
            try whole.write(to: URL(fileURLWithPath: there.storePath))
            let again = try ServedRoot(office.place.path(of: "office"))
            try expectEnd(again.url + "/press")
        }

        @Test(.enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"))
        func `a full disk of the server is reported as such`() throws {
            let disk = try PrivateMount(smallDisk: office.place.path(of: "disk"), sizeBytes: 1 << 20)
            let server = try ServedRoot(disk.path + "/root", prefix: disk.prefix)
            try office.ana.sync(server.url + "/press")
            var random = SplitMix64(seed: 2)
            let lines = GeneratedArticles.lines(300, words: 700, named: "ana", &random)
            try office.ana.quipu("import", try office.place.write(lines, to: "ana.jsonl"))
            let refusal = try office.ana.refusal("sync", server.url + "/press")
            #expect(refusal.error == "disk-full" && refusal.message.contains("disk is full"))
            try disk.makeRoom()
            try office.ana.sync(server.url + "/press")
            #expect(try office.ana.json("verify", server.url + "/press")["equal"]?.bool == true)
        }

        @Test(.enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"))
        func `an archive that the server cannot write is reported as such`() throws {
            try office.server.stop()
            let root = office.place.path(of: "office")
            do {
                let mount = try PrivateMount(readOnly: root)
                let server = try ServedRoot(root, prefix: mount.prefix)
                let refusal = try office.ana.refusal("sync", server.url + "/press")
                #expect(refusal.error == "not-writable")
                try server.stop()
            }
            let server = try ServedRoot(root)
            try expectEnd(server.url + "/press")
        }
    }
}
