import Quipu
import Testing

/// A Zotero that runs on this machine, asked again and again.
@Suite struct ZoteroImportTests {
    private let folder: TemporaryFolder
    private let archive: Archive
    private let zotero: ZoteroServer
    private var options = ReadingOptions()

    init() throws {
        folder = try TemporaryFolder()
        archive = try Archive.create(at: folder.path + "/press", named: "press", as: "Ana Ruiz")
        zotero = try ZoteroServer(items: 120)
        options.zoteroAddress = zotero.address
    }

    private func bring(again: Bool = false) throws -> ImportReport {
        try archive.importZotero(again: again, ImportOptions(), options)
    }

    private func titles() throws -> Set<String> {
        Set(
            try archive.read { try $0.records(matching: "kind:article", limit: 1_000) }.compactMap(
                \.fields.title))
    }

    @Test
    func `a second Zotero import requests only changes, and items deleted in Zotero are kept`()
        throws
    {
        defer { zotero.stop() }
        #expect(try bring().createdRecords == 240)
        // A page of collections, and three of items.
        #expect(
            zotero.takeRequests().map { $0.prefix { $0 != "?" } } == [
                "collections", "items", "items", "items",
            ])
        #expect(try bring().readItems == 0)
        // Where nothing has changed, one question says so.
        #expect(zotero.takeRequests().count == 1)
        zotero.change(0, title: "High water")
        zotero.change(3, title: "A note that was changed")
        // The last book and its note.
        for _ in 0..<2 { zotero.delete(238) }
        let report = try bring()
        // The article of the note comes with it, as it was.
        #expect(report.updatedRecords == 2 && report.createdRecords == 0, "\(report)")
        let found = try titles()
        #expect(found.contains("High water") && !found.contains("Title 0") && found.count == 120)
        #expect(try bring(again: true).updatedRecords == 0)
    }

    @Test func `a Zotero that asks to wait is asked again`() throws {
        defer { zotero.stop() }
        zotero.refuse(429, [("Retry-After", "0")])
        zotero.refuse(503, [("Backoff", "0"), ("Retry-After", "0")])
        #expect(try bring().createdRecords == 240)
        #expect(zotero.takeRequests().count == 4 + 2)
        // For as long as somebody would wait.
        zotero.refuse(429, [("Retry-After", "86400")])
        let error = #expect(throws: QuipuError.self) { try bring(again: true) }
        #expect(error?.message.contains("status 429") == true)
    }

    @Test func `an import during which Zotero disappears fails, and the next one brings the whole library`()
        throws
    {
        defer { zotero.stop() }
        zotero.vanish(after: 3)
        #expect(throws: QuipuError.self) { try bring() }
        zotero.vanish(after: .max)
        let report = try bring()
        #expect(report.createdRecords + report.unchangedRecords == 240)
        #expect(try titles().count == 120)
        #expect(try bring().readItems == 0)
    }
}
