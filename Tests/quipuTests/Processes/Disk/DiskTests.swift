import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Disks that are full, and places where nothing may be written.
    struct DiskTests {
        @Test(.enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"))
        func `a full disk is reported as such, and existing data is kept`() throws {
            let place = try TemporaryFolder()
            let disk = try PrivateMount(smallDisk: place.path(of: "disk"), sizeBytes: 1 << 20)
            let ana = Machine("ana", at: disk.path, prefix: disk.prefix)
            try ana.quipu("init", "--name", "press")
            let file = try place.write(SampleCollection.text, to: "collection.txt")
            try ana.quipu("import", file)
            let digest = try ana.digest

            var large = ""
            for index in 0..<2_000 {
                large +=
                    #"{"title":"Article \#(index)","body":""#
                    + String(repeating: "\(index) words ", count: 100)
                large += "\"}\n"
            }
            let refusal = try ana.refusal("import", try place.write(large, to: "large.jsonl"))
            #expect(refusal.error == "disk-full" && refusal.message.contains("full"))
            let left = try ana.articleCount
            #expect(left >= 17)
            // Nothing half is left: what is there is whole, and reading needs no room.
            try ana.expectUndamaged()
            #expect(try ana.digest == digest || left > 17)

            try disk.makeRoom()
            try ana.quipu("import", place.path(of: "large.jsonl"))
            #expect(try ana.articleCount == 2_017)
            try ana.expectUndamaged()
        }

        @Test(.enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"))
        func `a sync to a full disk keeps both sides whole and completes when there is room`() throws {
            let office = try Office(articles: ["The bridge opens"])
            let disk = try PrivateMount(smallDisk: office.place.path(of: "disk"), sizeBytes: 1 << 20)
            let caro = Machine("caro", at: disk.path, prefix: disk.prefix)
            try caro.quipu("clone", office.url, ".")
            var lines = ""
            var random = SplitMix64(seed: 3)
            for index in 0..<1_000 {
                let body = (0..<150).map { _ in
                    String(UInt32.random(in: 0 ... .max, using: &random), radix: 36)
                }
                lines += #"{"title":"Article \#(index)","body":"\#(body.joined(separator: " "))"}"# + "\n"
            }
            try office.ana.quipu("import", try office.place.write(lines, to: "articles.jsonl"))
            try office.ana.sync()

            #expect(try caro.refusal("sync").error == "disk-full")
            try caro.expectUndamaged()
            try disk.makeRoom()
            try caro.sync()
            try expectSame(office.ana, caro)
        }

        @Test
        func `a write that the system refuses loses nothing`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            try ana.quipu("import", try place.write(SampleCollection.text, to: "collection.txt"))
            let digest = try ana.digest
            let large = try place.write(
                #"{"title":"Long","body":""# + String(repeating: "many words ", count: 100_000) + "\"}\n",
                to: "large.jsonl")
            // No file may grow past 400 KiB; the signal that says so is ignored, so that the write fails instead.
            let limited = Machine(
                "ana", at: ana.folder, prefix: ["sh", "-c", "trap '' XFSZ; ulimit -f 800; exec \"$@\"", "sh"])
            #expect(["disk-full", "input-output"].contains(try limited.refusal("import", large).error))
            #expect(try ana.digest == digest)
            try ana.expectUndamaged()
            try ana.quipu("import", large)
            #expect(try ana.articleCount == 18)
        }

        @Test(.enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"))
        func `commands that write are refused with a clear error in a read-only folder`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let id = try ana.add(title: "The bridge opens")
            let mount = try PrivateMount(readOnly: ana.folder)
            let locked = Machine("ana", at: ana.folder, prefix: mount.prefix)
            let file = try place.write("Some text. And more.\n", to: "text.txt")
            for words in [["set", id, "title=B"], ["import", file], ["delete", id], ["sync", place.path]] {
                let outcome = try locked.run(words + ["--json"])
                #expect(outcome.exitCode == 1, "\(outcome)")
                #expect(outcome.error["error"]?.string == "read-only", "\(outcome)")
                #expect(outcome.error["message"]?.string?.contains(ana.folder) == true, "\(outcome)")
            }
            #expect(try locked.articleCount == 1)
            #expect(try ana.articleCount == 1)
        }

        @Test(.enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"))
        func `a dry run of a sync with a folder that cannot be written forecasts that nothing is sent`()
            throws
        {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            _ = try ana.add(title: "The bridge opens")
            let ben = try Machine("ben", in: place)
            try ben.quipu("clone", ana.folder, ".")
            _ = try ben.add(title: "Fog in the harbour")
            let mount = try PrivateMount(readOnly: ana.folder)
            let locked = Machine("ben", at: ben.folder, prefix: mount.prefix)
            let forecast = try locked.json("sync", ana.folder, "--dry-run", "--archive", ben.folder)
            #expect(forecast["maySend"]?.bool == false && forecast["changesToSend"]?.integer == 0)
            #expect(try ben.json("sync", ana.folder, "--dry-run")["changesToSend"]?.integer == 1)
        }

        @Test(.enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"))
        func `no archive is created in a read-only folder`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            let mount = try PrivateMount(readOnly: ana.folder)
            let locked = Machine("ana", at: ana.folder, prefix: mount.prefix)
            #expect(try locked.refusal("init").error == "read-only")
            #expect(try locked.refusal("init", "sub/sub").error == "read-only")
            #expect(try FileManager.default.contentsOfDirectory(atPath: ana.folder) == [])
        }

        @Test
        func `a failed write to the output is reported as an error`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            try ana.quipu("import", try place.write(SampleCollection.text, to: "collection.txt"))
            let full = Machine("ana", at: ana.folder, prefix: ["sh", "-c", "exec \"$@\" >/dev/full", "sh"])
            #expect(try full.refusal("export").error == "output")
            #expect(try full.refusal("list").message.contains("No space"))
        }
    }
}
