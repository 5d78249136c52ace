import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// What goes wrong in a reader of foreign bytes costs its file and a line in the report.
    struct ReaderFaultTests {
        private let place: TemporaryFolder
        private let ana: Machine

        init() throws {
            place = try TemporaryFolder()
            ana = try Machine("ana", in: place, variables: ["QUIPU_REHEARSE_READER_FAULTS": "1"])
            try ana.quipu("init", "--name", "press")
        }

        private func file(_ lines: String..., named name: String) throws {
            let path = place.path(of: "files/" + name)
            try FileManager.default.createDirectory(
                atPath: place.path(of: "files"), withIntermediateDirectories: true)
            try (["quipu rehearsal"] + lines).joined(separator: "\n")
                .write(toFile: path, atomically: false, encoding: .utf8)
        }

        @Test(arguments: [
            ("crash", ["crashed"]), ("flood", ["larger", "cannot be read"]), ("sleep", ["nothing was heard"]),
            // On a busy machine its silence is noticed first.
            ("allocate", ["memory", "nothing was heard"]), ("spin", ["processor time", "nothing was heard"]),
        ])
        func `a file that breaks its reader costs what follows in it and no other file`(
            fault: (word: String, reasons: [String])
        ) throws {
            try file("item One", named: "a.txt")
            try file("item Two", fault.word, "item Never", named: "b.txt")
            try file("item Three", named: "c.txt")
            let report = try ana.json("import", place.path(of: "files"), exit: 1)
            #expect(report["created"]?.integer == 3 && report["rejected"]?.integer == 1, "\(report)")
            let rejection = try #require(report["rejections"]?.array?.first)
            #expect(rejection["file"]?.string?.hasSuffix("/b.txt") == true)
            let reason = rejection["reason"]?.string ?? ""
            #expect(fault.reasons.contains(where: reason.contains), "\(reason)")
            #expect(try ana.json("import", place.path(of: "files"), exit: 1)["unchanged"]?.integer == 3)
            try ana.expectUndamaged()
        }

        @Test(arguments: ["crash", "allocate", "spin"])
        func `a record that breaks its reader is left out and named`(fault: String) throws {
            try file(
                "records", "item One", fault, "try nothing", "item Two", fault, "item Three", named: "a.txt")
            let report = try ana.json("import", place.path(of: "files/a.txt"), exit: 1)
            #expect(report["created"]?.integer == 3 && report["rejected"]?.integer == 2, "\(report)")
            let reasons = report["rejections"]?.array?.compactMap { $0["reason"]?.string } ?? []
            #expect(reasons.count == 2 && reasons[0].hasPrefix("record 2:"), "\(reasons)")
            #expect(
                reasons.last?.hasPrefix("record 5:") == true
                    && reasons.allSatisfy { $0.hasSuffix("left out") })
            #expect(report["rejections"]?.array?.first?["line"]?.integer == 4)
            try ana.expectUndamaged()
        }

        @Test func `a file in which every record breaks its reader comes to an end`() throws {
            try file(
                (["records"] + Array(repeating: "crash", count: 30)).joined(separator: "\n"), named: "a.txt")
            let report = try ana.json("import", place.path(of: "files/a.txt"), exit: 1)
            #expect(report["rejected"]?.integer == 21)
            let last = report["rejections"]?.array?.last?["reason"]?.string ?? ""
            #expect(last.contains("0 items came before, and what follows in this file was not read"))
        }

        @Test func `a reader can neither write files, connect, start programs nor lift its limits`() throws {
            let target = place.path(of: "written")
            try file(
                "item One", "try write \(target)", "try connect", "try start", "try signal", "try lift",
                "try read \(place.path(of: "files/a.txt"))", named: "a.txt")
            let report = try ana.json("import", place.path(of: "files/a.txt"))
            let remarks = report["remarks"]?.array?.compactMap { $0["reason"]?.string } ?? []
            #expect(
                remarks.count == 6 && remarks.prefix(5).allSatisfy { $0.hasSuffix("refused") }, "\(remarks)")
            #expect(!FileManager.default.fileExists(atPath: target))
        }

        @Test func `a stream is read by the other process from where its recognition stopped`() throws {
            let items = (0..<20_000).map { "item Article number \($0)" }
            try file(items.joined(separator: "\n"), named: "a.txt")
            let report = try ana.json("import", place.path(of: "files/a.txt"))
            #expect(report["created"]?.integer == 20_000)
            let outcome = try ana.run(["import", "-", "--json"], input: place.path(of: "files/a.txt"))
            #expect(outcome.json["unchanged"]?.integer == 20_000, "\(outcome)")
        }

        @Test func `a preview of a file that breaks its reader says so and writes nothing`() throws {
            try file("item One", "crash", named: "a.txt")
            let report = try ana.json("import", "--dry-run", place.path(of: "files/a.txt"), exit: 1)
            #expect(report["read"]?.integer == 1 && report["rejected"]?.integer == 1)
            #expect(try ana.log.isEmpty)
        }
    }
}
