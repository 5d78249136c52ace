import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Files that cannot be read, or not all of it: what can be is imported, the rest is named with its place.
    struct BadImportTests {
        private let place: TemporaryFolder
        private let ana: Machine

        init() throws {
            place = try TemporaryFolder()
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
        }

        private func file(_ bytes: [UInt8], _ name: String = "file.jsonl") throws -> String {
            let path = place.path(of: name)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            return path
        }

        private static func line(_ title: String) -> [UInt8] {
            Array(#"{"title":"\#(title)","body":"What \#(title) is about."}"#.utf8) + [UInt8(ascii: "\n")]
        }

        /// The places and reasons of what was rejected.
        private func rejections(
            _ file: String, read: Int, created: Int, sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> [JSONValue] {
            let report = try ana.json("import", file, exit: 1, sourceLocation: sourceLocation)
            #expect(report["read"]?.integer == read, "\(report)", sourceLocation: sourceLocation)
            #expect(report["created"]?.integer == created, "\(report)", sourceLocation: sourceLocation)
            let rejections = report["rejections"]?.array ?? []
            #expect(report["rejected"]?.integer == rejections.count, sourceLocation: sourceLocation)
            #expect(
                rejections.allSatisfy { $0["reason"]?.string?.isEmpty == false },
                sourceLocation: sourceLocation)
            try ana.expectUndamaged(sourceLocation: sourceLocation)
            return rejections
        }

        @Test
        func `an empty file is an error that names it`() throws {
            let empty = try file([])
            let outcome = try ana.run(["import", empty, "--json"])
            #expect(outcome.exitCode == 1, "\(outcome)")
            #expect((outcome.output + outcome.errors).contains(empty))
            #expect(try ana.log.isEmpty)
            #expect(try ana.run(["import", "-"]).exitCode == 1)
        }

        @Test
        func `a binary file is an error that names it`() throws {
            var random = SplitMix64(seed: 8)
            let picture =
                [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
                + (0..<5_000).map { _ in
                    UInt8.random(in: .min ... .max, using: &random)
                }
            for name in ["picture.png", "picture.txt", "picture.jsonl"] {
                let refusal = try ana.refusal("import", try file(picture, name))
                #expect(refusal.message.contains(name))
            }
            #expect(try ana.log.isEmpty)
        }

        @Test
        func `a missing file or folder is named in the error`() throws {
            #expect(try ana.refusal("import", place.path(of: "nothing")).message.contains("nothing"))
            try FileManager.default.createDirectory(
                atPath: place.path(of: "hollow"), withIntermediateDirectories: true)
            #expect([0, 1].contains(try ana.run(["import", place.path(of: "hollow")]).exitCode))
        }

        @Test
        func `a line that is not UTF-8 is named, and the other lines are imported`() throws {
            let bytes =
                Self.line("One") + Array(#"{"title":"Caf"#.utf8) + [0xe9, 0x22, 0x7d, 0x0a] + Self.line("Two")
            let found = try rejections(try file(bytes), read: 2, created: 2)
            #expect(found.map { $0["line"]?.integer } == [2])
            #expect(found[0]["file"]?.string?.contains("file.jsonl") == true)
            #expect(found[0]["reason"]?.string?.contains("UTF-8") == true)
        }

        @Test
        func `a paragraph that is not UTF-8 is named, and the other paragraphs are imported`() throws {
            let bytes =
                Array("One text. It goes on.\n\nA caf".utf8) + [0xe9] + Array(" in town.\n\nThe last.\n".utf8)
            let found = try rejections(try file(bytes, "file.txt"), read: 2, created: 2)
            #expect(found.map { $0["line"]?.integer } == [3])
        }

        @Test
        func `lines of an import that are not records are named, and the other lines are imported`() throws {
            let bytes =
                Self.line("One") + Array("{\"title\": \n[1,2\n42\n{\"lang\":7}\n".utf8) + Self.line("Two")
                + Array("{\"title\":\"cut".utf8)
            let found = try rejections(try file(bytes), read: 2, created: 2)
            #expect(found.compactMap { $0["line"]?.integer } == [2, 3, 4, 5, 7])
            // In words too, one warning for each.
            let outcome = try ana.quipu("import", place.path(of: "file.jsonl"), exit: 1)
            #expect(outcome.errors.split(separator: "\n").count == 5, "\(outcome)")
        }

        @Test(arguments: ["lines.jsonl", "text.txt"])
        func `a line of 100 MB is named and takes little memory, and the other lines are imported`(
            name: String
        ) throws {
            let isJSON = name.hasSuffix("jsonl")
            let path = place.path(of: name)
            try Data().write(to: URL(fileURLWithPath: path))
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            let first = isJSON ? Self.line("One") : Array("One text.\n\n".utf8)
            try handle.write(contentsOf: Data(first + (isJSON ? Array(#"{"title":"#.utf8) : [])))
            let block = Data(repeating: UInt8(ascii: "a"), count: 1 << 20)
            for _ in 0..<100 { try handle.write(contentsOf: block) }
            try handle.write(
                contentsOf: Data(
                    isJSON ? Array("\"}\n".utf8) + Self.line("Two") : Array("\n\nTwo texts.\n".utf8))
            )
            try handle.close()

            let outcome = try QuipuProcess.run(
                ["import", path, "--json", "--archive", ana.folder], in: place.path,
                prefix: [QuipuProcess.workbench, "peak"])
            #expect(outcome.exitCode == 1, "\(outcome)")
            #expect(outcome.json["created"]?.integer == 2)
            #expect(outcome.json["rejections"]?[0]?["line"]?.integer == (isJSON ? 2 : 3), "\(outcome)")
            let peak = outcome.errorLines.compactMap { $0["peakKibibytes"]?.integer }.last
            #expect(try #require(peak) < 128 << 10)
            try ana.expectUndamaged()
        }
    }
}
