import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    struct BackupStoryTests {
        @Test
        func `backups made during writes by another process are consistent snapshots`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            try ana.quipu("import", try place.write(SampleCollection.text, to: "collection.txt"))
            var lines = ""
            for index in 0..<4_000 {
                lines += #"{"title":"Article \#(index)","body":"Words number \#(index) and more."}"# + "\n"
            }
            let writer = try ana.start("import", try place.write(lines, to: "articles.jsonl"))
            var files: [String] = []
            for index in 0..<5 {
                let file = place.path(of: "backup\(index).sqlite")
                #expect(try ana.json("backup", file)["bytes"]?.integer ?? 0 > 0)
                files.append(file)
            }
            #expect(try QuipuProcess.finish(writer).exitCode == 0)
            var counts: [Int] = []
            for (index, file) in files.enumerated() {
                let copy = try Machine("copy\(index)", in: place)
                try copy.quipu("clone", file, "press")
                let inside = Machine("copy", at: copy.folder + "/press")
                try inside.expectUndamaged()
                counts.append(try inside.articleCount)
            }
            #expect(counts == counts.sorted())
            #expect(counts.allSatisfy { $0 >= 17 && $0 <= 4_017 })
        }

        @Test
        func `a restored backup continues under a new name and syncs with its mirror`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            _ = try ana.add(title: "The bridge opens")
            let file = place.path(of: "press.sqlite")
            try ana.quipu("backup", file)
            #expect(try ana.refusal("backup", file).error == "file-exists")
            try ana.quipu("backup", "--force", file)
            #expect(
                try ana.quipu("backup", "../other.sqlite").output.hasPrefix("backed up to ../other.sqlite ("))
            _ = try ana.add(title: "Written after the backup")

            let ben = try Machine("ben", in: place)
            let made = try ben.json("clone", file, ".")
            #expect(made["received"]?.integer == 1)
            _ = try ben.add(title: "Written in the copy")
            try ben.quipu("remote", "add", "origin", ana.folder)
            try ben.sync()
            #expect(try ben.articleCount == 3)
            #expect(try ana.articleCount == 3)
            try ana.expectUndamaged()
        }

        @Test
        func `a stick that was tampered with is refused with exit code 5 and nothing is created`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            _ = try ana.add(title: "The bridge opens")
            let stick = try Machine("stick", in: place)
            try stick.quipu("clone", ana.folder, ".")
            let file = place.path(of: "press.sqlite")
            try stick.quipu("backup", file)
            for path in [stick.storePath, file] {
                let evil = "CREATE TRIGGER evil AFTER INSERT ON log BEGIN DELETE FROM record; END"
                _ = try ChildProgram(
                    ["sqlite3", path, evil], in: place.path, environment: QuipuProcess.environment()
                )
                .finish()
            }
            let ben = try Machine("ben", in: place)
            for source in [stick.folder, file] {
                #expect(try ben.refusal("clone", source, "copy", exit: 5).error == "damaged")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: ben.folder) == [])
            let digest = try ana.digest
            #expect(try ana.refusal("sync", stick.folder, exit: 5).message.contains("evil"))
            #expect(try ana.digest == digest)
        }

        @Test
        func `a damaged stick is detected at the first sync and nothing is taken from it`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let stick = try Machine("stick", in: place)
            try stick.quipu("clone", ana.folder, ".")
            _ = try stick.add(title: "The bridge opens")
            _ = try ChildProgram(
                [
                    "sqlite3", stick.storePath,
                    "UPDATE record SET fields = replace(fields, 'bridge', 'border')",
                ],
                in: place.path, environment: QuipuProcess.environment()
            ).finish()
            let refusal = try ana.refusal("sync", stick.folder, exit: 5)
            #expect(refusal.message.contains(stick.folder) && refusal.hint.contains("quipu doctor"))
            #expect(try ana.articleCount == 0)
        }

        @Test(.enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"))
        func
            `a backup that does not fit leaves nothing, and a compaction that does not fit forgets all the same`()
            throws
        {
            let place = try TemporaryFolder()
            let disk = try PrivateMount(smallDisk: place.path(of: "disk"), sizeBytes: 1 << 20)
            let ana = Machine("ana", at: disk.path, prefix: disk.prefix)
            try ana.quipu("init", "--name", "press")
            let id = try ana.add(title: "The bridge opens")
            for index in 0..<4 {
                let body = "body=" + String(repeating: "\(index) words ", count: 8_000)
                try ana.quipu("set", id, body)
                // What was replaced takes little room; so something else is to take it.
                if index > 0 { try ana.quipu("add", "article", "title=\(index)", body) }
            }
            #expect(try ana.refusal("backup", disk.path + "/press.sqlite").error == "disk-full")
            let listing = try ChildProgram(
                disk.prefix + ["ls", disk.path], in: "/", environment: QuipuProcess.environment()
            ).finish().output
            #expect(!listing.contains("press.sqlite"))
            let report = try ana.json("compact")
            #expect(report["droppedTexts"]?.integer == 3)
            try ana.expectUndamaged()
        }
    }
}
