import Foundation
import Quipu
import Testing

/// How tasks of a client use an archive.
@Suite struct ClientTaskTests {
    private let folder: TemporaryFolder
    private let archive: Archive
    private let id: RecordID

    init() throws {
        (folder, archive, id) = try TemporaryFolder.press { $0.title = "Water" }
    }

    /// A build without optimization started such a task at a null address.
    @Test func `a task that captures a record's id and a number of its own edits the record`() async throws {
        let (archive, id) = (archive, id)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    try await archive.write { t in try t.edit(id) { $0["x-\(number)"] = 1 } }
                }
            }
            try await group.waitForAll()
        }
        let names = try await archive.read { try $0.record(id)?.fields.names }
        #expect(names == ["title", "x-0", "x-1", "x-2", "x-3"])
    }

    @Test func `no value of the library is aligned to more than eight bytes`() {
        let alignments = [
            MemoryLayout<RecordID>.alignment, MemoryLayout<Version>.alignment, MemoryLayout<Record>.alignment,
            MemoryLayout<Fields>.alignment, MemoryLayout<Conflict>.alignment,
            MemoryLayout<Conflict.Choice>.alignment, MemoryLayout<Resolution>.alignment,
            MemoryLayout<LogEntry>.alignment, MemoryLayout<HistoryEntry>.alignment,
            MemoryLayout<Change>.alignment, MemoryLayout<Changes>.alignment,
            MemoryLayout<EditOutcome>.alignment, MemoryLayout<ImportReport>.alignment,
            MemoryLayout<SyncReport>.alignment, MemoryLayout<Remote>.alignment,
            MemoryLayout<TokenText>.alignment, MemoryLayout<TokenRecord>.alignment,
            MemoryLayout<ServerOptions>.alignment, MemoryLayout<RecordFilter>.alignment,
            MemoryLayout<QuipuError>.alignment,
        ]
        #expect(alignments.allSatisfy { $0 <= 8 }, "\(alignments)")
    }

    @Test func `asynchronous reads and writes run on no thread that tasks share`() async throws {
        // Outside such a thread there is no current task. A write waits for the lock on the thread that it runs on.
        let readsOutside = try await archive.read { _ in withUnsafeCurrentTask { $0 == nil } }
        let writesOutside = try await archive.write { _ in withUnsafeCurrentTask { $0 == nil } }
        #expect(readsOutside && writesOutside)
        #expect(withUnsafeCurrentTask { $0 != nil })
    }

    @Test func `a write within a write of the same archive is refused at once`() throws {
        let (outer, id) = (archive, id)
        let again = try Archive.open(at: archive.path, as: "Ben Okoye")
        for inner in [outer, again] {
            let error = #expect(throws: QuipuError.self) {
                try outer.write { t in
                    try t.edit(id) { $0.title = "outer" }
                    try inner.write { t in try t.edit(id) { $0.title = "inner" } }
                }
            }
            #expect(error?.code == .nestedWrite && error?.isPassing == false)
        }
        #expect(try archive.read { try $0.record(id)?.fields.title } == "Water")
        try archive.write { t in try t.edit(id) { $0.title = "later" } }
    }

    @Test func `a write to a removed archive is refused`() throws {
        try FileManager.default.removeItem(atPath: archive.path)
        let id = id
        let error = #expect(throws: QuipuError.self) {
            try archive.write { t in try t.edit(id) { $0.title = "lost" } }
        }
        #expect(error?.code == .noArchive)
        #expect(#expect(throws: QuipuError.self) { try archive.read { try $0.counts() } }?.code == .noArchive)
    }

    @Test func `a write does not get into another archive in the same place`() throws {
        try FileManager.default.removeItem(atPath: archive.path)
        let other = try Archive.create(at: archive.path, named: "other", as: "Ben Okoye")
        let error = #expect(throws: QuipuError.self) {
            try archive.write { t in _ = try t.add(.article) { $0.title = "stray" } }
        }
        #expect(error?.code == .noArchive)
        #expect(try other.read { try $0.counts() }.isEmpty)
    }

    @Test func `an archive that was moved is not written through its old path`() throws {
        let (moved, id) = (folder.path + "/moved", id)
        try FileManager.default.moveItem(atPath: archive.path, toPath: moved)
        let error = #expect(throws: QuipuError.self) {
            try archive.write { t in try t.edit(id) { $0.title = "lost" } }
        }
        #expect(error?.code == .noArchive)
        let there = try Archive.open(at: moved, as: "Ben Okoye")
        #expect(try there.read { try $0.record(id)?.fields.title } == "Water")
    }

    @Test func `changes after a position that the log has not reached are refused`() async throws {
        let position = try #require(Change.Position("999999"))
        var error: QuipuError?
        do { for try await _ in archive.changes(since: position) { break } } catch let caught {
            error = caught
        }
        #expect(error?.code == .badOption)
        for try await change in archive.changes(since: .beginning) {
            #expect(change.records == [id])
            break
        }
    }

    /// It holds the file that it opened, and would go on writing to it.
    @Test func `an import into an archive that is removed on the way is refused, not said to be done`() throws
    {
        let lines = (0..<2_100).map { "{\"title\":\"Item \($0)\"}\n" }.joined()
        let source = try ImportSource(bytes: Array(lines.utf8), named: "clipboard", as: .jsonl)
        let path = archive.path
        let error = #expect(throws: QuipuError.self) {
            _ = try archive.importItems(of: source) { _ in try? FileManager.default.removeItem(atPath: path) }
        }
        #expect(error?.code == .noArchive)
    }
}
