import Foundation
import QuipuCanonicalJSON
import QuipuCausality
import QuipuSQLite
import Support
import Testing

@testable import QuipuEmbeddedSchema
@testable import QuipuStorage

/// An archive of form 1 as the first version wrote it, which stays as a fixture: imports and their twins, corrections,
/// two open conflicts, a copied folder, a clock note, an attachment, texts that its compaction forgot, a word index.
@Suite struct FormOneTests {
    private static let digest = "2b30 ff34 1d15 a2f2 03fc 5a13 8511 a592"
    /// That binary printed 64bd 4039 27da 1210 ac7e 063b d294 6a2a: it let a clock note count for other chains than its
    /// own, and so showed the other title of an article of which two are in conflict.
    private static let contentDigest = "76e6 0e66 23df 902c 3a91 bd18 540f 9919"

    private func unpacked() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/form-1.tar.zst").path
        let tar = try ChildProgram(
            ["tar", "--zstd", "--no-same-owner", "-xf", fixture], in: folder.path,
            environment: QuipuProcess.environment())
        let ending = try tar.finish()
        #expect(ending.exitCode == 0, "\(ending.errors)")
        return folder
    }

    private func form(of path: String) throws -> Int64? {
        try Connection(path: path, options: .init(mode: .readOnly)).integer("PRAGMA user_version")
    }

    private func expectEverything(in store: Store) throws {
        let found = try store.verify()
        #expect(found.damaged == [])
        #expect(found.digest.description == Self.digest)
        #expect(found.contentDigest.description == Self.contentDigest)
        #expect(try store.reading { try store.conflicts().count } == 2)
        #expect(try store.database.integer("SELECT count(*) FROM log") == 20)
        #expect(try store.database.integer("SELECT count(*) FROM branch_start") == 2)
        #expect(try store.integrity.layoutDifference() == nil)
    }

    @Test(arguments: [Store.Mode.readWrite, .readOnly])
    func `an archive of form 1 is migrated with all its content when it is opened`(
        _ mode: Store.Mode
    ) throws {
        let folder = try unpacked()
        let archive = try #require(ArchiveFolder.at(folder.path))
        let store = try Store(opening: archive, mode: mode)
        #expect(try form(of: archive.storePath) == Int64(Migrations.store.latestForm))
        #expect(try form(of: archive.localPath) == Int64(Migrations.local.latestForm))
        try expectEverything(in: store)
    }

    @Test func `texts that a form 1 compaction dropped are requested, and all others are present`()
        throws
    {
        let folder = try unpacked()
        let store = try Store(opening: try #require(ArchiveFolder.at(folder.path)))
        #expect(try store.texts.missingShownCount == 0)
        let forgotten = try store.texts.missing(limit: 100)
        #expect(!forgotten.isEmpty)
        for missing in forgotten {
            #expect(missing.record.isDeleted)
            #expect(missing.record[missing.field] == nil)
        }
        #expect(try store.texts.wanted(limit: 100).count == Set(forgotten.map(\.field)).count)
        #expect(try store.verify().damaged == [])
    }

    @Test func `a backup of form 1 is cloned with all its content and left unchanged`() throws {
        let folder = try unpacked()
        let archive = try #require(ArchiveFolder.at(folder.path))
        let copy = try Store.create(in: folder.path(of: "again"), copyOf: archive.storePath)
        try expectEverything(in: copy)
        #expect(try form(of: archive.storePath) == 1)
    }

    @Test func `articles that form 1 imported are recognised although it recorded no sources`() throws {
        let folder = try unpacked()
        let store = try Store(opening: try #require(ArchiveFolder.at(folder.path)))
        func item(_ fields: [(String, String)]) -> ImportItem {
            ImportItem(kind: "article", fields: fields.map { (name: $0.0, json: canonicalString($0.1)) })
        }
        let position = try store.position
        let count = try store.recordCounts().map(\.count)
        let effects = try store.importBatch(
            [
                item([
                    ("title", "The market gets a roof"), ("doi", "10.1234/AS.2020.5"),
                    (
                        "body",
                        "Saturday market gets its roof back after a year of rain, and the traders pay for it."
                    ),
                ]),
                item([("title", "Only a title")]),
                item([("title", "Doomed"), ("url", "https://example.org/doomed")]),
            ], author: "ana")
        guard case .unchanged = effects[0], case .unchanged = effects[1], case .stayedDeleted = effects[2]
        else {
            Issue.record("\(effects)")
            return
        }
        #expect(try store.position == position)
        #expect(try store.recordCounts().map(\.count) == count)
    }

    @Test func `settings of a newer form are refused and left unchanged`() throws {
        let group = try Replicas(1)
        let path = group[0].folder.localPath
        let connection = try Connection(path: path, options: .init(mode: .readWrite))
        try connection.execute("PRAGMA user_version = 99")
        let error = #expect(throws: StorageError.self) { try Store(opening: group[0].folder) }
        #expect(error?.code == .newerArchive)
        #expect(try connection.integer("PRAGMA user_version") == 99)
    }

    @Test func `the migration steps lead to exactly the schema of a new archive`() throws {
        for (first, migrations, latest) in [
            (Definitions.storeForm1, Migrations.store, ForeignSchema.store),
            (Definitions.localForm1, Migrations.local, ForeignSchema.local),
        ] {
            let folder = try TemporaryFolder()
            let database = try Connection(
                path: folder.path(of: "old.sqlite"), options: .init(mode: .readWriteCreate))
            try database.execute(first)
            try migrations.bringUpToDate(database)
            #expect(try latest.difference(of: database) == nil)
        }
    }
}
