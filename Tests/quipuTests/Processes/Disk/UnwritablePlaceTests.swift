import Foundation
import QuipuCanonicalJSON
import QuipuSQLite
import Support
import Testing

extension Processes {
    /// Media and shares where nothing can be written, or that lack what an archive needs: reading works where it safely
    /// can, and whatever is refused says why.
    struct UnwritablePlaceTests {
        private static let readers = [
            ["list"], ["status"], ["log"], ["conflicts"], ["export"], ["verify"],
            ["doctor"],
        ]

        /// An archive with one article, at rest.
        private func archive(at path: String) throws -> (machine: Machine, article: String) {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let ana = Machine("ana", at: path)
            try ana.quipu("init", "--name", "press")
            return (ana, try ana.add(title: "The reservoir falls"))
        }

        private func expectReadable(
            _ machine: Machine, article: String, sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            for words in Self.readers + [["show", article], ["history", article]] {
                let outcome = try machine.run(words)
                #expect(outcome.exitCode == 0, "\(outcome)", sourceLocation: sourceLocation)
            }
            let found = try machine.run(["search", "reservoir"])
            #expect(found.output.contains("[reservoir]"), "\(found)", sourceLocation: sourceLocation)
        }

        @Test(.enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"))
        func `an archive on a locked medium is read, exported and verified`() throws {
            let place = try TemporaryFolder()
            let (ana, article) = try archive(at: place.path(of: "ana"))
            let mount = try PrivateMount(readOnly: ana.folder)
            try expectReadable(Machine("ana", at: ana.folder, prefix: mount.prefix), article: article)
        }

        @Test(.enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"))
        func `a mirror on a read-only medium is cloned and fetched from, and accepts no edits`() throws {
            let place = try TemporaryFolder()
            let (stick, _) = try archive(at: place.path(of: "stick"))
            let mount = try PrivateMount(readOnly: stick.folder)
            // From outside of the medium's folder, where `prefix` would go.
            let outside = Machine("ben", at: place.path, prefix: Array(mount.prefix.dropLast(4)))
            let ben = Machine("ben", at: place.path(of: "ben"))
            try outside.quipu("clone", stick.folder, ben.folder)
            #expect(try ben.articleCount == 1)
            _ = try ben.add(title: "Ben's own")
            let outcome = try outside.run(["sync", "--archive", ben.folder])
            #expect(outcome.exitCode == 1, "\(outcome)")
            #expect(outcome.errors.contains("1 edit stays here"), "\(outcome)")
            #expect(try stick.articleCount == 1)
        }

        @Test(.enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"))
        func `uncheckpointed edits on a read-only medium are refused rather than ignored`() throws {
            let place = try TemporaryFolder()
            let (ana, _) = try archive(at: place.path(of: "ana"))
            let stick = place.path(of: "stick")
            let files = FileManager.default
            try files.createDirectory(atPath: stick + "/.quipu", withIntermediateDirectories: true)
            do {
                // As long as somebody has it open, what was written last stands in the log beside it.
                let holder = try Connection(path: ana.storePath, options: .init(mode: .readWrite))
                #expect(try holder.integer("SELECT count(*) FROM record") == 1)
                _ = try ana.add(title: "The last edit")
                for name in ["archive.sqlite", "archive.sqlite-wal", "local.sqlite"] {
                    try files.copyItem(
                        atPath: ana.folder + "/.quipu/" + name, toPath: stick + "/.quipu/" + name)
                }
            }
            let mount = try PrivateMount(readOnly: stick)
            let refusal = try Machine("ana", at: stick, prefix: mount.prefix).refusal("list")
            #expect(refusal.error == "read-only" && refusal.message.contains("archive.sqlite-wal"))
            #expect(refusal.hint.contains("copy the folder"))
            #expect(try Machine("ana", at: stick).articleCount == 2)
        }

        @Test(.enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"))
        func `an archive on a disk without a free byte is read`() throws {
            let place = try TemporaryFolder()
            let disk = try PrivateMount(smallDisk: place.path(of: "disk"), sizeBytes: 1 << 20)
            let ana = Machine("ana", at: disk.path, prefix: disk.prefix)
            try ana.quipu("init", "--name", "press")
            let article = try ana.add(title: "The reservoir falls")
            _ = try ChildProgram(
                disk.prefix + ["sh", "-c", "cat /dev/zero >filler 2>/dev/null || true"], in: "/",
                environment: QuipuProcess.environment()
            ).finish()
            try expectReadable(ana, article: article)
            #expect(try ana.refusal("add", "article", "title=No room").error == "disk-full")
        }

        /// With no byte free, and with room for the index of a write-ahead log and for nothing else.
        @Test(
            .enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"),
            arguments: [0, 40])
        func `an archive on a full disk is searched and looked at, and cloned to where there is room`(
            freeKibibytes: Int
        ) throws {
            let place = try TemporaryFolder()
            let disk = try PrivateMount(smallDisk: place.path(of: "disk"), sizeBytes: 1 << 20)
            let ana = Machine("ana", at: disk.path, prefix: disk.prefix)
            try ana.quipu("init", "--name", "press")
            _ = try ana.add(title: "The reservoir falls")
            #expect(try ana.run(["search", "reservoir"]).output.contains("[reservoir]"))
            try ana.quipu(
                "add", "article", "title=The harvest", "url=https://example.org/harvest",
                "body=The harvest is in.")
            let fill =
                "head -c \(freeKibibytes << 10) /dev/zero >spare; cat /dev/zero >filler 2>/dev/null; rm spare"
            _ = try ChildProgram(
                disk.prefix + ["sh", "-c", fill], in: "/", environment: QuipuProcess.environment()
            ).finish()
            let readers = [
                ["search", "harvest"], ["list", "harvest", "-n", "1"],
                ["show", "https://example.org/harvest"],
                ["show", "--query", "harvest"], ["read", "https://example.org/harvest"], ["export"],
                ["export", "harvest"], ["duplicates"], ["verify"], ["list", "title:harvest"],
            ]
            for words in readers {
                let outcome = try ana.run(words)
                #expect(outcome.exitCode == 0 && !outcome.errors.contains("full"), "\(words): \(outcome)")
                #expect(
                    ["duplicates", "verify"].contains(words[0])
                        || outcome.output.lowercased().contains("harvest"), "\(words): \(outcome)")
            }
            // From outside of the disk's folder, where `prefix` would go.
            let outside = Machine("ben", at: place.path, prefix: Array(disk.prefix.dropLast(4)))
            let ben = Machine("ben", at: place.path(of: "ben"))
            try outside.quipu("clone", disk.path, ben.folder)
            #expect(try ben.articleCount == 2)
            _ = try ben.add(title: "Ben's own")
            let outcome = try outside.run(["sync", "--archive", ben.folder, "--json"])
            #expect(outcome.exitCode == 1 && outcome.error["error"]?.string == "disk-full", "\(outcome)")
            #expect(try ana.articleCount == 2)
        }

        @Test(arguments: ["locks", "memory"])
        func `an archive on an unsuitable share is read, and writing reports what is missing`(
            _ ability: String
        ) throws {
            let place = try TemporaryFolder()
            let library = try PreloadedLibrary("filesystem")
            let (ana, article) = try archive(at: place.path(of: "poor/ana"))
            let variables = ["LD_PRELOAD": library.path, "QUIPU_LACKING": ability]
            let poor = Machine("ana", at: ana.folder, variables: variables)
            try expectReadable(poor, article: article)
            for words in [["set", article, "title=B"], ["init", "other"], ["clone", ana.folder, "mirror"]] {
                let outcome = try poor.run(words + ["--json"])
                #expect(outcome.exitCode == 1, "\(outcome)")
                #expect(outcome.error["error"]?.string == "unsuitable-place", "\(outcome)")
                #expect(outcome.error["message"]?.string?.contains("file system") == true, "\(outcome)")
            }
            #expect(try ana.json("show", article)["fields"]?["title"]?.string == "The reservoir falls")
        }

        @Test func `a path that is too long for a database is reported as such`() throws {
            let place = try TemporaryFolder()
            let folder = place.path(
                of: Array(repeating: String(repeating: "資", count: 60), count: 3).joined(separator: "/"))
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let refusal = try Machine("ana", at: folder).refusal("init")
            #expect(refusal.error == "unsuitable-place" && refusal.message.contains("too long"))
        }

        @Test func `a backup beyond the file size limit of the file system is reported and leaves nothing`()
            throws
        {
            let place = try TemporaryFolder()
            let (ana, _) = try archive(at: place.path(of: "ana"))
            for number in 0..<10 {
                let body = "body=" + String(repeating: "\(number) words ", count: 9_000)
                try ana.quipu("add", "article", "title=\(number)", body)
            }
            let script = "trap '' XFSZ; ulimit -f 400; exec \"$@\""
            let bounded = Machine("ana", at: ana.folder, prefix: ["bash", "-c", script, "bash"])
            let target = place.path(of: "copy/backup")
            try FileManager.default.createDirectory(
                atPath: place.path(of: "copy"), withIntermediateDirectories: true)
            let refusal = try bounded.refusal("backup", target)
            #expect(refusal.error == "unsuitable-place" && refusal.message.contains(target))
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.path(of: "copy")) == [])
        }
    }
}
