import Foundation
import QuipuCausality
import QuipuSQLite
import QuipuStorage
import Support
import Testing

@Suite struct OpeningTests {
    private func code(_ path: String) -> StorageError.Code? {
        do {
            _ = try Store(opening: ArchiveFolder.at(path) ?? ArchiveFolder(path: path + "/.quipu"))
            return nil
        } catch {
            return (error as? StorageError)?.code
        }
    }

    @Test func `opening a folder without an archive reports that there is none`() throws {
        let folder = try TemporaryFolder()
        #expect(code(folder.path) == .noArchive)
        #expect(ArchiveFolder.nearest(from: folder.path) == nil)
    }

    @Test func `an archive of a newer version is refused and left unchanged`() throws {
        let group = try Replicas(1)
        let path = group[0].folder.storePath
        let connection = try Connection(path: path, options: .init(mode: .readWrite))
        try connection.execute("PRAGMA user_version = 99")
        #expect(code(group[0].folder.workPath) == .newerArchive)
        #expect(try connection.integer("PRAGMA user_version") == 99)
    }

    @Test func `a file that is not an archive is refused`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path(of: ".quipu"), withIntermediateDirectories: true)
        try folder.write(
            String(repeating: "This is a text, not a database. ", count: 100), to: ".quipu/archive.sqlite")
        #expect(code(folder.path) == .notAnArchive)
    }

    @Test func `another program's database is refused`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path(of: ".quipu"), withIntermediateDirectories: true)
        let connection = try Connection(
            path: folder.path(of: ".quipu/archive.sqlite"), options: .init(mode: .readWriteCreate))
        try connection.execute("CREATE TABLE diary (day TEXT)")
        #expect(code(folder.path) == .notAnArchive)
    }

    @Test func `an archive is not created over an existing one`() throws {
        let group = try Replicas(1)
        let error = #expect(throws: StorageError.self) {
            try Store.create(in: group[0].folder.workPath, name: "again")
        }
        #expect(error?.code == .archiveExists)
    }

    /// What is left when the making of an archive is stopped at this step, or of an archive that was removed.
    enum Leftover: CaseIterable {
        case emptyFile, emptyDatabase, noSettings, emptySettings, onlySettings
    }

    @Test(arguments: Leftover.allCases)
    func `an archive whose creation was interrupted is created again`(leftover: Leftover) throws {
        let folder = try TemporaryFolder()
        let left = try Store.create(in: folder.path, name: "press").folder
        func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: path) }
        func makeEmpty(_ path: String) throws { try Data().write(to: URL(fileURLWithPath: path)) }
        switch leftover {
        case .emptyFile:
            try makeEmpty(left.storePath)
            try remove(left.localPath)
        case .emptyDatabase:
            try remove(left.storePath)
            try remove(left.localPath)
            let connection = try Connection(path: left.storePath, options: .init(mode: .readWriteCreate))
            try connection.execute("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL")
        case .noSettings: try remove(left.localPath)
        case .emptySettings: try makeEmpty(left.localPath)
        case .onlySettings: try remove(left.storePath)
        }
        if leftover == .emptyFile || leftover == .emptyDatabase { #expect(code(folder.path) == .noArchive) }

        let id = ArchiveID(rawValue: 7)
        let made = try Store.create(
            in: folder.path, id: id, name: "press", remotes: [(name: "origin", location: "/stick")])
        #expect(try made.id == id && made.remotes.all().map(\.location) == ["/stick"])
        _ = try made.edit(
            [
                Edit(
                    id: RecordID(rawValue: 7), kind: "article",
                    changes: [.init(field: "title", json: Array("\"Water\"".utf8))])
            ],
            author: "ana")
        #expect(try made.verify().damaged.isEmpty)
        #expect(throws: StorageError.self) { try Store.create(in: folder.path, name: "press") }
    }

    @Test func `an emptied archive is reported as damaged, not as missing`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let folder = group[0].folder
        try Data().write(to: URL(fileURLWithPath: folder.storePath))
        #expect(code(folder.workPath) != .noArchive)
        let error = #expect(throws: StorageError.self) {
            try Store.create(in: folder.workPath, name: "press")
        }
        #expect(error?.code == .archiveExists)
    }

    @Test func `settings whose creation was interrupted are created again`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let folder = group[0].folder
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: folder.localPath + suffix)
        }
        try Data().write(to: URL(fileURLWithPath: folder.localPath))
        let opened = try Store(opening: folder, environment: group.world.environment())
        #expect(try opened.origin != group[0].origin)
        #expect(try opened.view(RecordID(rawValue: 7), kind: "article")?.string("title") == "Water")
    }

    @Test func `a writer that finds the archive busy waits and names the holder`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let holder = try Connection(path: group[0].folder.storePath, options: .init(mode: .readWrite))
        let impatient = try Store(
            opening: group[0].folder, environment: group.world.environment(), busyTimeoutMilliseconds: 20)
        try holder.transaction(.immediate) {
            let error = #expect(throws: StorageError.self) {
                try impatient.edit(
                    [
                        Edit(
                            id: RecordID(rawValue: 7), kind: "article",
                            changes: [.init(field: "title", json: Array("\"Fire\"".utf8))])
                    ],
                    author: "ana")
            }
            #expect(error?.code == .busy)
            // The holder is this very process.
            #expect(
                error?.message.contains("process \(ProcessInfo.processInfo.processIdentifier)") == true,
                "\(error?.message ?? "")")
        }
        #expect(try impatient.view(RecordID(rawValue: 7), kind: "article")?.string("title") == "Water")
    }

    @Test func `the archive has views for other SQLite tools`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\""), ("tags/river", "true"), ("tags/old", "false")], id: 7, at: 0)
        let connection = try Connection(path: group[0].folder.storePath, options: .init(mode: .readOnly))
        #expect(try connection.text("SELECT title FROM articles LIMIT 3") == "Water")
        #expect(try connection.integer("SELECT count(*) FROM tags") == 1)
        #expect(try connection.text("SELECT tag FROM tags") == "river")
        #expect(try connection.text("SELECT id FROM articles") == RecordID(rawValue: 7).text)
        #expect(try connection.integer("SELECT count(*) FROM conflicts") == 0)
        #expect(try connection.integer("SELECT count(*) FROM history") == 1)
    }
}
