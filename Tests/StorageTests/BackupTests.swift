import Foundation
import QuipuSQLite
import QuipuStorage
import Support
import Testing

@Suite struct BackupTests {
    private func names(in folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func group() throws -> Replicas {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\""), ("body", "\"The river rose.\"")], id: 7, at: 0)
        try group.add([("title", "\"High water\"")], id: 7, at: 0)
        return group
    }

    @Test func `a backup holds the state at its start, even if others write meanwhile`() throws {
        let (group, folder) = (try group(), try TemporaryFolder())
        let writer = try Connection(path: group[0].folder.storePath, options: .init(mode: .readWrite))
        let reader = try Store(
            opening: group[0].folder, mode: .readOnly, environment: group.world.environment())
        #expect(throws: Undone.self) {
            try writer.transaction(.immediate) {
                try writer.run("DELETE FROM record")
                #expect(try reader.backUp(to: folder.path(of: "press.sqlite")) > 0)
                throw Undone()
            }
        }
        let copy = try Store.create(
            in: folder.path(of: "again"), copyOf: folder.path(of: "press.sqlite"),
            environment: group.world.environment())
        #expect(try copy.digest == group[0].digest)
    }

    private struct Undone: Error {}

    @Test func `a backup opens as an archive of its own with a new origin`() throws {
        let (group, folder) = (try group(), try TemporaryFolder())
        let file = folder.path(of: "press.sqlite")
        try group[0].backUp(to: file)
        #expect(try names(in: folder) == ["press.sqlite"])
        let permissions = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(permissions as? Int == 0o600)
        let store = try Store.create(
            in: folder.path(of: "again"), copyOf: file, environment: group.world.environment())
        #expect(try store.digest == group[0].digest)
        #expect(try store.log.vector() == group[0].log.vector())
        #expect(try store.origin != group[0].origin)
        #expect(store.id == group[0].id)
        #expect(try store.verify().damaged == [])
        var isFresh = true
        #expect(try store.search("river", isIndexFresh: &isFresh).count == 1)
        let inside = try FileManager.default.contentsOfDirectory(atPath: store.folder.path).sorted()
        #expect(
            inside.filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") } == [
                "archive.sqlite", "local.sqlite",
            ])
    }

    @Test func `an existing file is kept unless its replacement is requested`() throws {
        let (group, folder) = (try group(), try TemporaryFolder())
        let file = try folder.write("mine", to: "press.sqlite")
        #expect(throws: StorageError.self) { try group[0].backUp(to: file) }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        try group[0].backUp(to: file, replacesExisting: true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)).starts(with: Data("SQLite format 3".utf8)))
        #expect(try names(in: folder) == ["press.sqlite"])
    }

    @Test func `a backup that is ended before it has its name leaves the folder as it was`() throws {
        let (group, folder) = (try group(), try TemporaryFolder())
        let file = try folder.write("mine", to: "press.sqlite")
        #expect(throws: Undone.self) {
            try group[0].backUp(to: file, replacesExisting: true) { throw Undone() }
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        #expect(try names(in: folder) == ["press.sqlite"])
    }

    @Test func `a backup never replaces the archive or a folder`() throws {
        let (group, folder) = (try group(), try TemporaryFolder())
        for path in [group[0].folder.storePath, group[0].folder.path + "/../.quipu/new", folder.path] {
            #expect(throws: StorageError.self) { try group[0].backUp(to: path, replacesExisting: true) }
        }
        let error = #expect(throws: StorageError.self) {
            try group[0].backUp(to: folder.path(of: "no/such/folder"))
        }
        #expect(error?.code == .readOnly)
        #expect(try group[0].verify().damaged == [])
        #expect(try names(in: folder) == [])
    }

    @Test(arguments: [
        "UPDATE archive SET digest = zeroblob(16)",
        "CREATE TRIGGER evil AFTER INSERT ON log BEGIN SELECT 1; END",
        "UPDATE record SET fields = replace(fields, 'river', 'rover')", "PRAGMA user_version = 99",
        "PRAGMA application_id = 1",
    ])
    func `a damaged or altered backup creates no archive`(script: String) throws {
        let (group, folder) = (try group(), try TemporaryFolder())
        let file = folder.path(of: "press.sqlite")
        var isFresh = true
        _ = try group[0].search("river", isIndexFresh: &isFresh)
        try group[0].backUp(to: file)
        try Connection(path: file, options: .init(mode: .readWrite)).execute(script)
        #expect(throws: StorageError.self) {
            try Store.create(
                in: folder.path(of: "again"), copyOf: file, environment: group.world.environment())
        }
        #expect(try names(in: folder) == ["press.sqlite"])
    }

    @Test func `an existing folder is kept when no archive is created in it`() throws {
        let (group, folder) = (try group(), try TemporaryFolder())
        let file = folder.path(of: "press.sqlite")
        try group[0].backUp(to: file)
        try Connection(path: file, options: .init(mode: .readWrite)).execute("DELETE FROM log")
        let place = folder.path(of: "again")
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        #expect(throws: StorageError.self) {
            try Store.create(in: place, copyOf: file, environment: group.world.environment())
        }
        #expect(try names(in: folder) == ["again", "press.sqlite"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: place) == [])
    }

    @Test func `a backup with any page overwritten is refused or sound`() throws {
        let (group, folder) = (try group(), try TemporaryFolder())
        let file = folder.path(of: "press.sqlite")
        try group[0].backUp(to: file)
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        let pageBytes = 8 << 10
        for page in 0..<whole.count / pageBytes {
            var damaged = whole
            for offset in page * pageBytes + 8..<(page + 1) * pageBytes {
                damaged[offset] = UInt8(offset % 251)
            }
            let copy = folder.path(of: "damaged.sqlite")
            try damaged.write(to: URL(fileURLWithPath: copy))
            do {
                let store = try Store.create(
                    in: folder.path(of: "again\(page)"), copyOf: copy, environment: group.world.environment())
                #expect(try store.digest == group[0].digest, "page \(page)")
                #expect(try store.verify().damaged == [], "page \(page)")
            } catch let error as StorageError {
                #expect([.damaged, .notAnArchive].contains(error.code), "page \(page): \(error)")
                #expect(!FileManager.default.fileExists(atPath: folder.path(of: "again\(page)")))
            }
        }
    }
}
