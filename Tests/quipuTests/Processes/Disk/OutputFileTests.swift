import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// What `export`, `save` and `backup` do with the place that they are given.
    struct OutputFileTests {
        private let place: TemporaryFolder
        private let ana: Machine

        init() throws {
            place = try TemporaryFolder()
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            try ana.quipu("add", "article", "title=Water", "body=High water.")
        }

        private func mode(_ path: String) throws -> Int {
            try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
        }

        private func names() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
        }

        /// An attachment and its id.
        private func attachment() throws -> String {
            let article = try #require(try ana.articles.first?["id"]?.string)
            let file = try place.write("the file", to: "original.txt")
            let attached = try ana.json("attach", article, file)
            return try #require(attached["id"]?.string)
        }

        /// What comes until the writer closes; nothing where none comes.
        private func everything(from descriptor: Int32) -> [UInt8] {
            var bytes: [UInt8] = []
            var block = [UInt8](repeating: 0, count: 64 << 10)
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            while poll(&ready, 1, 30_000) > 0 {
                let count = read(descriptor, &block, block.count)
                if count > 0 { bytes += block[..<count] } else if count == 0 || errno != EAGAIN { break }
            }
            return bytes
        }

        @Test func `export, save and backup write to a named pipe`() throws {
            let id = try attachment()
            let pipe = place.path(of: "pipe")
            #expect(mkfifo(pipe, 0o600) == 0)
            for (words, beginning) in [
                (["export", "-o", pipe], "{\"fields\""), (["save", id, pipe], "the file"),
                (["backup", "--records-only", pipe], "SQLite format 3"),
            ] {
                // Opened before the command, so that nobody waits for a command that has failed.
                let reader = open(pipe, O_RDONLY | O_NONBLOCK)
                defer { close(reader) }
                let child = try ana.start(words)
                let got = everything(from: reader)
                #expect(try child.finish().exitCode == 0)
                #expect(got.starts(with: beginning.utf8), "\(words)")
            }
            var facts = stat()
            #expect(lstat(pipe, &facts) == 0 && facts.st_mode & S_IFMT == S_IFIFO)
        }

        @Test func `the target of a symbolic link is replaced, and the link is kept`() throws {
            try FileManager.default.createDirectory(
                atPath: place.path(of: "folder"), withIntermediateDirectories: true)
            let real = try place.write("old", to: "folder/real")
            let link = place.path(of: "link")
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "folder/real")
            try ana.quipu("export", "-o", link)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "folder/real")
            #expect(try String(contentsOfFile: real, encoding: .utf8).hasPrefix("{\"fields\""))
            // One that leads nowhere yet makes what it leads to.
            let dangling = place.path(of: "dangling")
            try FileManager.default.createSymbolicLink(atPath: dangling, withDestinationPath: "folder/new")
            try ana.quipu("export", "-o", dangling)
            #expect(FileManager.default.fileExists(atPath: place.path(of: "folder/new")))
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: place.path(of: "folder")).sorted() == [
                    "new", "real",
                ])
        }

        @Test func `a descriptor and standard output receive the content and nothing else`() throws {
            let whole = try ana.quipu("export").ending.outputBytes
            for name in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
                #expect(try ana.quipu("export", "-o", name).ending.outputBytes == whole, "\(name)")
            }
            let backup = try ana.quipu("backup", "-").ending.outputBytes
            #expect(backup.starts(with: "SQLite format 3\0".utf8))
            let id = try attachment()
            #expect(try ana.quipu("save", id, "/dev/stdout").ending.outputBytes == Array("the file".utf8))
            // The files of attachments have no place there.
            #expect(try ana.refusal("backup", "-").message.contains("attachments"))
            #expect(try ana.refusal("export", "-o", "/dev/fd/77").message.contains("/dev/fd/77"))
        }

        @Test func `a file that is replaced keeps its permissions, and a new one gets the usual ones`() throws
        {
            let secret = try place.write("", to: "e.jsonl")
            chmod(secret, 0o600)
            try ana.quipu("export", "-o", secret)
            #expect(try mode(secret) == 0o600)
            chmod(secret, 0o640)
            try ana.quipu("export", "-o", secret)
            #expect(try mode(secret) == 0o640)
            let backup = place.path(of: "b.sqlite")
            try ana.quipu("backup", backup)
            #expect(try mode(backup) == 0o600)
            chmod(backup, 0o640)
            try ana.quipu("backup", "--force", backup)
            #expect(try mode(backup) == 0o640)
            let id = try attachment()
            let saved = try place.write("", to: "saved")
            chmod(saved, 0o604)
            #expect(try ana.refusal("save", id, saved).error == "file-exists")
            try ana.quipu("save", "--force", id, saved)
            #expect(try mode(saved) == 0o604)
            try ana.quipu("export", "-o", place.path(of: "new.jsonl"))
            let mask = umask(0)
            umask(mask)
            #expect(try mode(place.path(of: "new.jsonl")) == Int(0o666 & ~mask))
        }

        @Test func `a folder is refused as an output, and nothing is left beside it`() throws {
            let id = try attachment()
            try FileManager.default.createDirectory(
                atPath: place.path(of: "folder"), withIntermediateDirectories: true)
            let before = try names()
            for words in [["export", "-o"], ["save", id], ["backup"]] {
                let outcome = try ana.run(words + [place.path(of: "folder")])
                #expect(outcome.exitCode == 1, "\(outcome)")
                #expect(outcome.errors.contains("folder"))
            }
            #expect(try names() == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.path(of: "folder")).isEmpty)
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
        func `a signal leaves no partial file`(signal: Int32) throws {
            let lines = (0..<3_000).map {
                "{\"title\":\"T\($0)\",\"body\":\"\($0) \(String(repeating: "word ", count: 400))\"}\n"
            }
            try ana.quipu("import", "-q", try place.write(lines.joined(), to: "many.jsonl"))
            let folder = place.path(of: "out")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try "old".write(toFile: folder + "/e.jsonl", atomically: false, encoding: .utf8)
            for words in [["export", "-o", folder + "/e.jsonl"], ["backup", folder + "/b.sqlite"]] {
                // SQLite's copy has a name while it is made, which SIGKILL cannot be kept from leaving.
                if signal == SIGKILL, words[0] == "backup" { continue }
                let child = try ana.start(words)
                child.send(signal)
                _ = try child.finish()
                let left = try FileManager.default.contentsOfDirectory(atPath: folder)
                #expect(Set(left).isSubset(of: ["e.jsonl", "b.sqlite", "b.sqlite.blobs"]), "\(left)")
            }
            let text = try String(contentsOfFile: folder + "/e.jsonl", encoding: .utf8)
            #expect(text == "old" || text.split(separator: "\n").count == 3_001)
        }
    }
}
