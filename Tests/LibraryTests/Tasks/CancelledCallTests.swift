import Foundation
import Quipu
import Testing

/// What a cancelled call leaves.
@Suite struct CancelledCallTests {
    private let folder: TemporaryFolder
    private let archive: Archive

    init() throws {
        folder = try TemporaryFolder()
        archive = try Archive.create(at: folder.path + "/press", named: "press", as: "Ana Ruiz")
    }

    private func articles(_ count: Int) throws {
        for number in 0..<count {
            _ = try archive.write { t in try t.add(.article) { $0.title = "Article \(number)" } }
        }
    }

    /// Runs a call whose task is cancelled before it begins.
    private func cancelledFirst<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async -> QuipuError.Code? {
        await #expect(throws: QuipuError.self) {
            try await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await body()
            }.value
        }?.code
    }

    private func cancelled<Value: Sendable>(
        _ body: @escaping @Sendable (Pause) async throws -> Value
    ) async -> QuipuError? {
        let pause = Pause()
        return await #expect(throws: QuipuError.self) {
            try await pause.cancel(Task { try await body(pause) })
        }
    }

    @Test func `a cancelled import keeps the batches that are written, and the same import adds the rest`()
        async throws
    {
        let path = folder.path + "/many.jsonl"
        let lines = (0..<2_500).map { #"{"kind":"article","title":"Article \#($0)","doi":"10.1000/\#($0)"}"# }
        try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        let archive = archive
        let error = await cancelled { pause in try await archive.importFile(path) { _ in pause.hold() } }
        #expect(error?.code == .cancelled)
        let written = try await archive.read { try $0.counts()[.article] ?? 0 }
        #expect(written == 2_000)
        let report = try await archive.importFile(path)
        #expect(report.createdRecords == 500 && report.unchangedRecords == 2_000, "\(report)")
    }

    @Test func `a cancelled verification ends, and one that is not cancelled finds nothing wrong`()
        async throws
    {
        try articles(3)
        let archive = archive
        let error = await cancelled { pause in try await archive.verify { _ in pause.hold() } }
        #expect(error?.code == .cancelled && error?.message == "the verification was cancelled")
        let report = try await archive.verify()
        #expect(report.damages.isEmpty && report.checkedTransactions >= 3)
    }

    @Test func `a cancelled compaction leaves a sound archive, and the next one drops what is left`()
        async throws
    {
        let text = String(repeating: "The union said forty. ", count: 4_000)
        let id = try await archive.write { t in
            try t.add(.article) {
                $0.title = "Water"
                $0.body = text
            }
        }
        try await archive.write { t in try t.edit(id) { $0.body = "Short." } }
        let archive = archive
        let error = await cancelled { pause in try await archive.compact { _ in pause.hold() } }
        #expect(error?.code == .cancelled)
        #expect(try await archive.verify().damages.isEmpty)
        _ = try await archive.compact()
        #expect(try await archive.compact(isDryRun: true).droppedTexts == 0)
        #expect(try await archive.read { try $0.record(id)?.fields.body } == "Short.")
    }

    @Test func `a backup whose task is cancelled leaves no file`() async throws {
        try articles(1)
        let (archive, path) = (archive, folder.path + "/press.quipu")
        #expect(await cancelledFirst { try await archive.backUp(to: path) } == .cancelled)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["press"])
        try await archive.backUp(to: path)
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func `a cancelled export gives no more bytes to its caller`() async throws {
        try articles(3)
        let archive = archive
        let error = await cancelled { pause in try await archive.export { _ in pause.hold() } }
        #expect(error?.code == .cancelled)
        let report = try await archive.export { _ in }
        #expect(report.records == 3)
        struct Full: Error {}
        await #expect(throws: Full.self) { try await archive.export { _ in throw Full() } }
    }

    @Test func `a cancelled export into a folder leaves whole files, and the next one completes the folder`()
        async throws
    {
        try articles(3)
        let (archive, path) = (archive, folder.path + "/out")
        let error = await cancelled { pause in
            try await archive.export(to: path, as: .markdown) { _ in pause.hold() }
        }
        #expect(error?.code == .cancelled)
        let (report, rest) = try await archive.export(to: path, as: .markdown)
        #expect(report.records == 3 && rest.changedFiles.isEmpty && rest.otherFiles.isEmpty, "\(rest)")
        _ = try await archive.export(to: path + "-new", as: .markdown)
        #expect(try contents(of: path) == contents(of: path + "-new"))
    }

    private func contents(of path: String) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            contents[name] = FileManager.default.contents(atPath: path + "/" + name)
        }
        return contents
    }

    @Test func `a cancelled attachment attaches nothing and keeps no file`() async throws {
        let id = try await archive.write { t in try t.add(.article) { $0.title = "Water" } }
        let (archive, path) = (archive, folder.path + "/tape.mp3")
        try Data(repeating: 7, count: 1_000).write(to: URL(fileURLWithPath: path))
        #expect(await cancelledFirst { try await archive.attach(path, to: id) } == .cancelled)
        #expect(try await archive.read { try $0.counts()[.attachment] } == nil)
        let attachment = try await archive.attach(path, to: id)
        #expect(await cancelledFirst { try await archive.fetchAttachment(attachment) } == .cancelled)
        #expect(try await archive.fetchAttachment(attachment))
    }

    @Test func `a clone that is cancelled while the snapshot arrives is resumed by the same call`()
        async throws
    {
        try articles(80)
        let server = try Server(archive, at: "127.0.0.1:0")
        defer { server.stop(graceMilliseconds: 0) }
        let (location, path) = ("\(server.url)/press", folder.path + "/field")
        let error = await cancelled { pause in
            try await Archive.clone(
                location, to: path, as: "Ben Okoye", snapshotProgress: { _, _ in pause.hold() })
        }
        #expect(error?.code == .cancelled)
        let field = try await Archive.clone(location, to: path, as: "Ben Okoye")
        let (theirs, ours) = (try await field.verify(), try await archive.verify())
        #expect(theirs.digest == ours.digest)
    }
}
