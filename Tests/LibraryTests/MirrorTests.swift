import Foundation
import Quipu
import Testing

/// Two people, a server and a folder, over the library alone.
@Suite struct MirrorTests {
    private let folder: TemporaryFolder
    private let office: Archive

    init() throws {
        folder = try TemporaryFolder()
        office = try Archive.create(at: folder.path + "/office", named: "press", as: "Ana Ruiz")
    }

    private func article(_ title: String, in archive: Archive) throws -> RecordID {
        try archive.write { t in try t.add(.article) { $0.title = title } }
    }

    private func title(_ id: RecordID, in archive: Archive) throws -> String? {
        try archive.read { try $0.record(id)?.fields.title }
    }

    private func lines(of archive: Archive) throws -> [UInt8] {
        var lines: [UInt8] = []
        #expect(try archive.export { lines += $0 }.records == 3)
        return lines
    }

    private func clone(_ location: String, _ name: String) async throws -> Archive {
        try await Archive.clone(location, to: folder.path + "/" + name, as: "Ben Okoye")
    }

    @Test func `a mirror over HTTP is cloned, edited and synced, and its conflict is resolved on both sides`()
        async throws
    {
        let id = try article("Water", in: office)
        let server = try Server(office, at: "127.0.0.1:0")
        defer { server.stop(graceMilliseconds: 0) }
        let field = try await clone("\(server.url)/press", "field")
        #expect(field.identifier == office.identifier)
        #expect(try title(id, in: field) == "Water")

        try await field.write { t in try t.edit(id) { $0.title = "High water" } }
        try await office.write { t in try t.edit(id) { $0.title = "Low water" } }
        let report = try await field.sync()
        #expect(report.isInSync)
        #expect(report.openConflicts == 1)
        #expect(report.sentChanges == 1 && report.receivedChanges == 1)
        #expect(report.sentBytes > 0 && report.receivedBytes > 0)

        let conflict = try #require(try await field.read { try $0.conflicts(of: id) }.first)
        let values = Set(([conflict.current] + conflict.others).compactMap { $0.value?.string })
        #expect(values == ["High water", "Low water"])
        #expect(conflict.ancestor?.value == "Water")
        try await field.write { t in try t.resolve(conflict, with: .other(0)) }
        #expect(try await field.sync().openConflicts == 0)
        #expect(try await office.read { try $0.conflicts() }.isEmpty)
        #expect(try title(id, in: office) == title(id, in: field))
        #expect(try title(id, in: office) == conflict.others[0].value?.string)
        let (ours, theirs) = (try await office.verify(), try await field.verify())
        #expect(ours.digest == theirs.digest && ours.damages.isEmpty)
    }

    @Test func `a conflict whose values changed after it was read is not resolved`() async throws {
        let id = try article("Water", in: office)
        let field = try await clone(office.path, "field")
        try await field.write { t in try t.edit(id) { $0.title = "High water" } }
        try await office.write { t in try t.edit(id) { $0.title = "Low water" } }
        _ = try await field.sync()
        let conflict = try #require(try await field.read { try $0.conflicts() }.first)
        try await office.write { t in try t.edit(id) { $0.title = "No water" } }
        _ = try await field.sync()
        func code(_ resolution: Resolution) -> QuipuError.Code? {
            #expect(throws: QuipuError.self) {
                try field.write { t in try t.resolve(conflict, with: resolution) }
            }?
            .code
        }
        #expect(code(.current) == .notInConflict || code(.current) == .changedMeanwhile)
        #expect(try title(id, in: field) == "No water")
    }

    @Test func `choices that a conflict does not offer are refused`() async throws {
        let id = try article("Water", in: office)
        let field = try await clone(office.path, "field")
        try await field.write { t in try t.edit(id) { $0.title = "High water" } }
        try await office.write { t in try t.edit(id) { $0.title = "Low water" } }
        _ = try await field.sync()
        let conflict = try #require(try await field.read { try $0.conflicts() }.first)
        for resolution in [Resolution.other(1), .other(-1), .value(7), .merged] {
            let error = #expect(throws: QuipuError.self) {
                try field.write { t in try t.resolve(conflict, with: resolution) }
            }
            #expect(error?.code == .wrongType || error?.code == .notMergeable, "\(resolution)")
        }
        #expect(try await field.read { try $0.conflicts().count } == 1)
    }

    @Test func `changes by others are delivered as they are written, once each`() async throws {
        _ = try article("first", in: office)
        let other = try Archive.open(at: office.path, as: "Cleo")
        let office = office
        let titles = try await withThrowingTaskGroup(of: [String].self) { group in
            group.addTask {
                var heard: [String] = []
                for try await change in office.changes(since: .beginning) {
                    let records = try await office.read { archive in
                        try change.records.compactMap { try archive.record($0)?.fields.title }
                    }
                    heard += records
                    if heard.count == 2 { break }
                }
                return heard
            }
            group.addTask {
                _ = try await other.write { t in try t.add(.article) { $0.title = "second" } }
                return []
            }
            return try await group.reduce(into: [String]()) { $0 += $1 }
        }
        #expect(titles == ["first", "second"])
        let end = try #require(Change.Position("\(try office.position())"))
        #expect(end == (try office.position()))
    }

    @Test func `waiting for changes ends when the task is cancelled`() async throws {
        let office = office
        let waiting = Task {
            var count = 0
            for try await _ in office.changes(since: try office.position()) { count += 1 }
            return count
        }
        waiting.cancel()
        #expect(try await waiting.value == 0)
    }

    @Test func `an unreachable mirror is a temporary error, and an unknown one is permanent`()
        async throws
    {
        try office.addRemote("away", at: "http://127.0.0.1:9/press")
        let error = await #expect(throws: QuipuError.self) { try await office.sync(with: .named("away")) }
        #expect(error?.code == .unreachable && error?.isPassing == true)
        let unknown = await #expect(throws: QuipuError.self) { try await office.sync(with: .named("nobody")) }
        #expect(unknown?.code == .unknownRemote && unknown?.isPassing == false)
        #expect(try office.remotes().map(\.name) == ["away"])
        try office.removeRemote("away")
        #expect(try office.remotes().isEmpty)
    }

    @Test func `meaningless options are refused before anything is sent`() async throws {
        try office.addRemote("away", at: "http://127.0.0.1:9/press")
        var timeout = SyncOptions()
        timeout.timeoutSeconds = 0
        var token = SyncOptions()
        token.token = "secret\r\nX-Other: 1"
        for options in [timeout, token] {
            let error = await #expect(throws: QuipuError.self) {
                try await office.sync(with: .named("away"), options: options)
            }
            #expect(error?.code == .badOption)
            #expect(error?.message.contains("secret") == false)
        }
    }

    @Test func `an attached file is read back unchanged, and damage to it is reported`() throws {
        let id = try article("with a file", in: office)
        let bytes = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let path = folder.path + "/interview.mp3"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let attachment = try office.attach(path, to: id)
        #expect(try office.attach(path, to: id) == attachment)
        var read: [UInt8] = []
        try office.readAttachment(attachment) { read += $0 }
        #expect(read == bytes)
        #expect(try office.read { try $0.dependents(of: id).map(\.fields.name) } == ["interview.mp3"])
        #expect(throws: QuipuError.self) { try office.attach(path, to: attachment) }

        let files = try FileManager.default.subpathsOfDirectory(atPath: office.path + "/.quipu/blobs")
        let content = try #require(files.first { $0.split(separator: "/").last?.utf8.count == 64 })
        let handle = try FileHandle(
            forWritingTo: URL(fileURLWithPath: "\(office.path)/.quipu/blobs/\(content)"))
        try handle.seek(toOffset: 300_000)
        try handle.write(contentsOf: Data([0, 1, 2]))
        try handle.close()
        let error = #expect(throws: QuipuError.self) { try office.readAttachment(attachment) { _ in } }
        #expect(error?.code == .damaged)
        #expect(try office.verify().damages.count == 1)
    }

    @Test func `the file of an attachment is fetched from the mirror that has it`() async throws {
        let id = try article("with a file", in: office)
        let path = folder.path + "/scan.txt"
        try Data("forty pages".utf8).write(to: URL(fileURLWithPath: path))
        let attachment = try await office.attach(path, to: id)
        let field = try await clone(office.path, "field")
        var options = SyncOptions()
        options.isRecordsOnly = true
        let report = try await field.sync(options: options)
        #expect(report.isInSync && report.receivedFiles == 0 && report.sentFiles == 0)

        #expect(throws: QuipuError.self) { try field.readAttachment(attachment) { _ in } }

        #expect(try await field.fetchAttachment(attachment))
        var read: [UInt8] = []
        try field.readAttachment(attachment) { read += $0 }
        #expect(read == Array("forty pages".utf8))
        let error = await #expect(throws: QuipuError.self) { try await field.fetchAttachment(id) }
        #expect(error?.code == .textMissing)
    }

    @Test func `imported records are exported again, and their backup opens as an archive`() async throws {
        let path = folder.path + "/in.jsonl"
        try "{\"title\":\"One\",\"body\":\"High water.\"}\n{\"title\":\"Two\"}\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        let report = try await office.importFile(path, into: "Press")
        #expect(report.createdRecords == 2 && report.rejectedItems == 0)
        let collection = try #require(report.collection)
        #expect(try await office.read { try $0.records(RecordFilter(collection: collection)).count } == 2)
        #expect(try await office.importFile(path, into: "Press").unchangedRecords == 2)

        let out = folder.path + "/out.jsonl"
        try Data(lines(of: office)).write(to: URL(fileURLWithPath: out))
        let copy = try Archive.create(at: folder.path + "/copy", named: "copy", as: "Ana Ruiz")
        _ = try await copy.importFile(out)
        #expect(try await copy.read { try $0.counts() } == [.article: 2, .collection: 1])

        try await office.backUp(to: folder.path + "/press.quipu")
        #expect(FileManager.default.fileExists(atPath: folder.path + "/press.quipu"))
        #expect(try await office.compact().droppedTexts == 0)
        #expect(try office.repair().left.isEmpty)
    }
}
