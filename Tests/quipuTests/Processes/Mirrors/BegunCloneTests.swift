import Foundation
import QuipuCanonicalJSON
import QuipuSQLite
import Support
import Testing

extension Processes {
    /// A clone that was stopped goes on with the same command, wherever it was stopped.
    struct BegunCloneTests {
        private let place: TemporaryFolder
        private let server: ServedRoot

        init() throws {
            place = try TemporaryFolder()
            let office = try Machine("office/press", in: place)
            try office.quipu("init", "--name", "press")
            try place.write(
                (0..<200).map { "{\"title\":\"A\($0)\",\"url\":\"https://example.org/\($0)\"}\n" }.joined(),
                to: "m.jsonl")
            try office.quipu("import", place.path(of: "m.jsonl"))
            server = try ServedRoot(place.path(of: "office"))
        }

        private var url: String { server.url + "/press" }
        private var copy: String { place.path(of: "copy") }

        private func clone() throws -> QuipuProcess.Outcome {
            try QuipuProcess.run(["clone", url, copy, "--json"], in: place.path)
        }

        @Test func `a clone that stopped before its first sync resumes`() throws {
            #expect(try clone().exitCode == 0)
            // As it is when the copy is in place and nothing was agreed yet.
            let local = Machine("ben", at: copy)
            try Connection(path: copy + "/.quipu/local.sqlite", options: .init(mode: .readWrite)).execute(
                "UPDATE remote SET own_position = NULL, their_position = NULL, vector_hash = NULL, synced_at = NULL"
            )
            let replica = try local.json("status")["replica"]?.string
            let again = try clone()
            #expect(again.exitCode == 0, "\(again)")
            #expect(again.json["inSync"]?.bool == true)
            #expect(try local.json("status")["replica"]?.string == replica)
            try local.quipu("verify", "origin")
        }

        @Test func `cloning over a synced clone is refused with a hint to sync it`() throws {
            #expect(try clone().exitCode == 0)
            let again = try clone()
            #expect(again.exitCode == 1)
            #expect(again.error["error"]?.string == "archive-exists")
            #expect(again.error["hint"]?.string?.contains("quipu sync --archive") == true)
        }

        @Test func `cloning over another archive leaves it unchanged`() throws {
            #expect(try QuipuProcess.run(["init", copy], in: place.path).exitCode == 0)
            let before = try QuipuProcess.run(["status", "--json", "--archive", copy], in: place.path).json
            #expect(try clone().exitCode == 1)
            let after = try QuipuProcess.run(["status", "--json", "--archive", copy], in: place.path).json
            #expect(before["archive"] == after["archive"])
        }
    }
}
