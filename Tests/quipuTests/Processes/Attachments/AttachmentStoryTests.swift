import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Ana has an interview on tape, Ben wants to hear it, and the link is as it is.
    @Suite struct AttachmentStoryTests {
        private static let content = Data(
            (0..<2_000_003).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) })

        private func record(
            _ content: Data = content, named name: String = "interview.mp3", by machine: Machine
        )
            throws -> String
        {
            let path = machine.folder + "/" + name
            try content.write(to: URL(fileURLWithPath: path))
            return path
        }

        private func saved(_ id: String, by machine: Machine, from remote: String? = nil) throws -> Data {
            let path = machine.folder + "/saved"
            try? FileManager.default.removeItem(atPath: path)
            let outcome = try machine.run(
                ["save", id, path] + (remote.map { ["--from", $0] } ?? []))
            #expect(outcome.exitCode == 0, "\(outcome)")
            return FileManager.default.contents(atPath: path) ?? Data()
        }

        private func members(_ object: JSONValue, _ name: String) -> [Int] {
            guard let part = object[name] else { return [] }
            return ["sent", "received", "lackingThere", "lackingHere", "notAskedFor"].map {
                Int(part[$0]?.number ?? -1)
            }
        }

        @Test func `an attached file travels through the server to the people who ask for it`() throws {
            let office = try Office(articles: ["A strike in the north"])
            let article = try #require(try office.ana.run(["list", "--json"]).lines.first?["id"]?.string)
            let path = try record(by: office.ana)
            let attached = try office.ana.json("attach", article, path, "--tag", "original")
            let id = try #require(attached["id"]?.string)
            #expect(attached["mediaType"]?.string == "audio/mpeg")
            #expect(attached["sizeBytes"]?.number == 2_000_003)
            // Again changes nothing.
            let again = try office.ana.json("attach", article, path)
            #expect(again["changed"]?.bool == false)
            #expect(again["id"]?.string == id)

            let push = try office.ana.json("sync")
            #expect(push["inSync"]?.bool == true)
            #expect(members(push, "attachments") == [1, 0, 0, 0, 0])
            let nothing = try office.ana.json("sync")
            #expect(nothing["roundTrips"]?.number == 1)
            #expect(members(nothing, "attachments") == [0, 0, 0, 0, 0])

            // Ben has the record and not the file, and is told so.
            let pull = try office.ben.json("sync")
            #expect(pull["inSync"]?.bool == true)
            #expect(members(pull, "attachments") == [0, 0, 0, 0, 1])
            #expect(try office.ben.quipu("show", article).output.contains("not here"))
            #expect(try office.ben.json("status")["attachments"]?["missing"]?.number == 1)
            #expect(try office.ben.json("verify")["attachments"]?["missing"]?.number == 1)
            #expect(try saved(article, by: office.ben) == Self.content)
            #expect(try office.ben.json("show", id)["isHere"]?.bool == true)
            #expect(try office.ben.json("status")["attachments"]?["missing"]?.number == 0)
            try expectSame(office.ana, office.ben)
        }

        @Test func `a policy fetches files automatically and is remembered`() throws {
            let office = try Office()
            try office.ana.quipu("add", "collection", "name=Press")
            let inside = try office.ana.add(title: "Inside")
            try office.ana.quipu("set", inside, "collections/Press=true")
            let outside = try office.ana.add(title: "Outside")
            try office.ana.quipu(
                "attach", inside, try record(Data("inside".utf8), named: "in.txt", by: office.ana))
            try office.ana.quipu(
                "attach", outside, try record(Data("outside".utf8), named: "out.txt", by: office.ana))
            try office.ana.sync()
            let first = try office.ben.json("sync", "--attachments", "collection=Press")
            #expect(members(first, "attachments") == [0, 1, 0, 0, 1])
            try office.ana.quipu(
                "attach", inside, try record(Data("later".utf8), named: "later.txt", by: office.ana))
            try office.ana.sync()
            #expect(members(try office.ben.json("sync"), "attachments") == [0, 1, 0, 0, 1])
            #expect(
                members(try office.ben.json("sync", "--attachments", "all"), "attachments") == [
                    0, 1, 0, 0, 0,
                ])
            try office.ben.refusal("sync", "--attachments", "collection=Nowhere")
            try office.ben.refusal("sync", "--attachments", "some", exit: 2)
            // A stick takes all that there is, and gives what is asked for.
            let stick = office.place.path(of: "stick")
            try office.ben.quipu("clone", ".", stick)
            #expect(members(try office.ben.json("sync", stick), "attachments") == [3, 0, 0, 0, 0])
            let caro = try Machine("caro", in: office.place)
            try caro.quipu("clone", stick, ".", "--attachments", "all")
            #expect(try caro.json("status")["attachments"]?["missing"]?.number == 0)
        }

        @Test func `records do not wait for an interrupted file, and the next sync resumes it`() throws {
            let office = try Office(articles: ["One"])
            let article = try #require(try office.ana.run(["list", "--json"]).lines.first?["id"]?.string)
            let id = try office.ana.quipu("attach", article, try record(by: office.ana), "--quiet").output
            let proxy = try CuttingProxy(
                to: office.server.port, cutting: .request, afterBytes: 1_300_000, holding: true)
            let program = try office.ana.start("sync", proxy.url + "/press", "--json")
            try proxy.waitForCut(of: program)
            program.kill()
            _ = try program.finish()
            // The record is there, the file is not, and most of it is.
            #expect(try office.ben.json("sync")["inSync"]?.bool == true)
            #expect(
                try office.ben.refusal("save", id.trimmingCharacters(in: .newlines), "x").error
                    == "text-missing")
            let push = try office.ana.json("sync")
            #expect(members(push, "attachments") == [1, 0, 0, 0, 0])
            let sent = push["attachments"]?["bytesSent"]?.number ?? 0
            #expect(sent < 1_900_000)
            #expect(try saved(article, by: office.ben) == Self.content)
        }

        @Test func `a stalled transfer is retried and keeps what was fetched`() throws {
            let office = try Office(articles: ["One"])
            let article = try #require(try office.ana.run(["list", "--json"]).lines.first?["id"]?.string)
            try office.ana.quipu("attach", article, try record(by: office.ana))
            try office.ana.sync()
            let proxy = try CuttingProxy(
                to: office.server.port, cutting: .reply, afterBytes: 1_300_000, holding: true)
            let hasty = Machine("ben", at: office.ben.folder, variables: ["QUIPU_TIMEOUT": "1"])
            let pull = try hasty.json("sync", proxy.url + "/press", "--attachments", "all")
            #expect(members(pull, "attachments") == [0, 1, 0, 0, 0])
            #expect(proxy.cuts == 1)
            #expect(proxy.passedBytes.reply < 2_000_003 + 8_000)
            #expect(try saved(article, by: office.ben) == Self.content)
        }

        @Test func `a damaged file is set aside and fetched again`() throws {
            let office = try Office(articles: ["One"])
            let article = try #require(try office.ana.run(["list", "--json"]).lines.first?["id"]?.string)
            try office.ana.quipu("attach", article, try record(by: office.ana))
            try office.ana.sync()
            let blobs = office.ana.folder + "/.quipu/blobs"
            let name = try #require(
                try FileManager.default.contentsOfDirectory(atPath: blobs).first { $0.count == 64 })
            let handle = try #require(FileHandle(forWritingAtPath: blobs + "/" + name))
            handle.write(Data([1]))
            try handle.close()
            let verified = try office.ana.json("verify", exit: 5)
            #expect(verified["damaged"]?.number == 1)
            #expect(verified["attachments"]?["damaged"]?.array?.count == 1)
            #expect(try office.ana.json("doctor", exit: 5)["healthy"]?.bool == false)
            let repaired = try office.ana.json("doctor", "--repair", "--from", "origin")
            #expect(repaired["mendedFiles"]?.number == 1)
            #expect(try office.ana.json("verify")["damaged"]?.number == 0)
            #expect(try saved(article, by: office.ana) == Self.content)
        }

        @Test func `a backup includes the files and reports those that it lacks`() throws {
            let office = try Office(articles: ["One"])
            let article = try #require(try office.ana.run(["list", "--json"]).lines.first?["id"]?.string)
            try office.ana.quipu("attach", article, try record(by: office.ana))
            try office.ana.sync()
            try office.ben.sync()
            let whole = office.place.path(of: "ana.sqlite")
            #expect(try office.ana.json("backup", whole)["attachments"]?["copied"]?.number == 1)
            let without = try office.ben.json("backup", office.place.path(of: "ben.sqlite"))
            #expect(without["attachments"]?["lacking"]?.number == 1)
            let dora = try Machine("dora", in: office.place)
            try dora.quipu("clone", whole, ".")
            #expect(try saved(article, by: dora) == Self.content)
        }

        @Test func `file names from other people are sanitized and never used as paths`() throws {
            let office = try Office(articles: ["One"])
            let article = try #require(try office.ana.run(["list", "--json"]).lines.first?["id"]?.string)
            let path = try record(Data("x".utf8), named: "x.txt", by: office.ana)
            try office.ana.quipu("attach", article, path, "--name", "../../\u{1B}[2Jevil")
            try office.ana.sync()
            try office.ben.sync()
            let shown = try office.ben.quipu("show", article).output
            #expect(!shown.contains("\u{1B}"))
            #expect(shown.contains("../../evil"))
            #expect(try saved(article, by: office.ben) == Data("x".utf8))
            try office.ben.refusal("save", article, office.ben.folder + "/saved")
            try office.ben.refusal("save", article, office.ben.folder)
            #expect(try office.ben.quipu("save", article, "-").output == "x")
            try office.ben.quipu("save", article, "saved", "--force")
        }

        @Test func `the file of a deleted attachment is kept until a purge or until a mirror holds it`()
            throws
        {
            let office = try Office(articles: ["One"])
            let article = try #require(try office.ana.run(["list", "--json"]).lines.first?["id"]?.string)
            let id = try office.ana.quipu("attach", article, try record(by: office.ana), "--quiet").output
                .trimmingCharacters(in: .newlines)
            try office.ana.quipu(
                "attach", article, try record(Data("kept".utf8), named: "kept.txt", by: office.ana))
            try office.ana.quipu("delete", id)
            let blobs = office.ana.folder + "/.quipu/blobs"
            for name in try FileManager.default.contentsOfDirectory(atPath: blobs) {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: blobs + "/" + name)
            }
            #expect(try office.ana.json("compact")["removedFiles"]?.number == 0, "somebody may restore it")
            let held = try office.ana.json("compact", "--held-by", "origin")
            #expect(held["removedFiles"]?.number == 0, "the server was never sent it")
            #expect(try office.ana.json("purge", id)["files"]?.number == 1)
            #expect(try office.ana.json("status")["attachments"]?["missing"]?.number == 0)
            #expect(try office.ana.json("compact")["removedFiles"]?.number == 0)
        }

        @Test func `an export says that it does not include the files`() throws {
            let office = try Office(articles: ["One"])
            let article = try #require(try office.ana.run(["list", "--json"]).lines.first?["id"]?.string)
            try office.ana.quipu("attach", article, try record(by: office.ana))
            let outcome = try office.ana.quipu("export", "-o", office.ana.folder + "/out.jsonl")
            #expect(outcome.errors.contains("files of 1 attachment"))
        }
    }
}
