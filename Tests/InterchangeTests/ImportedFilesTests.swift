import Foundation
import QuipuCanonicalJSON
import QuipuFormats
import QuipuInterchange
import QuipuStorage
import Support
import Testing

/// Files that a source names are looked for beside it, and nowhere else.
@Suite struct ImportedFilesTests {
    /// Its folders go with it.
    private let replicas: Replicas
    private let store: Store
    private let folder: TemporaryFolder

    init() throws {
        replicas = try Replicas(1)
        store = replicas[0]
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path(of: "export/files/1"), withIntermediateDirectories: true)
        try Data("inside".utf8).write(to: URL(fileURLWithPath: folder.path(of: "export/files/1/map.pdf")))
        try Data("outside".utf8).write(to: URL(fileURLWithPath: folder.path(of: "secret.txt")))
        try Data("{}".utf8).write(to: URL(fileURLWithPath: folder.path(of: "export/library.json")))
        try FileManager.default.createSymbolicLink(
            atPath: folder.path(of: "export/files/link"), withDestinationPath: folder.path)
    }

    private func bring(_ path: String, keepsFiles: Bool = true) throws -> ImportReport {
        let source = folder.path(of: "export/library.json")
        return try Importer(into: store, author: "ana", keepsFiles: keepsFiles).run(
            ListedItems([
                .test("article", "A", file: source, ["title": "Flood"], key: "a"),
                .test("attachment", "F", file: source, [:], parent: "a", attached: .path(path)),
            ]))
    }

    private func attachments() throws -> [QuipuStorage.Attachment] {
        var found: [QuipuStorage.Attachment] = []
        try store.forEachRecord(RecordFilter()) {
            if let attachment = QuipuStorage.Attachment($0) { found.append(attachment) }
            return true
        }
        return found
    }

    @Test func `a file beside its source is attached`() throws {
        #expect(try bring("files/1/map.pdf").created == 2)
        let attachment = try #require(try attachments().first)
        #expect(attachment.name == "map.pdf" && attachment.sizeBytes == 6)
        #expect(try attachment.hash.map { try store.blobs.files.sizeBytes(of: $0) } == 6)
        #expect(try bring("files/1/map.pdf").unchanged == 2)
    }

    @Test(arguments: [
        "../secret.txt", "files/../../secret.txt", "files/link/secret.txt", "files/1", "files/1/none.pdf", "",
        "files/1/map.pdf\u{0}.txt",
    ])
    func `a file elsewhere is left out with a remark, and its attachment keeps name and path`(path: String)
        throws
    {
        let report = try bring(path)
        #expect(report.read == report.created && report.remarkCount == 1)
        #expect(try attachments().allSatisfy { $0.hash == nil && $0.name?.isEmpty == false })
        let isName = !path.isEmpty && !path.utf8.contains(0)
        #expect(try attachments().count == (isName ? 1 : 0))
        // The file comes later, or never.
        #expect(try bring(path).created == 0)
    }

    @Test func `importing again attaches a file that was missing at the first import`() throws {
        func bring() throws -> ImportReport {
            let source = folder.path(of: "export/library.json")
            return try Importer(into: store, author: "ana").run(
                ListedItems([
                    .test("article", "A", file: source, ["title": "Flood"], key: "a"),
                    .test(
                        "attachment", "F", file: source, ["name": "Map"], parent: "a",
                        attached: .path("files/1/late.pdf")),
                ]))
        }
        #expect(try bring().created == 2)
        #expect(try attachments().map(\.hash) == [nil])
        try Data("late".utf8).write(to: URL(fileURLWithPath: folder.path(of: "export/files/1/late.pdf")))
        #expect(try bring().updated == 1)
        #expect(try attachments().count == 1)
        #expect(try attachments().first?.hash != nil)
    }

    @Test func `an absolute path is left out, even where it leads beside the source`() throws {
        #expect(try bring(folder.path(of: "export/files/1/map.pdf")).remarkCount == 1)
        #expect(try attachments().allSatisfy { $0.hash == nil })
    }

    @Test func `a preview hashes an attached file and does not store it`() throws {
        #expect(try bring("files/1/map.pdf", keepsFiles: false).created == 2)
        let hash = try #require(try attachments().first?.hash)
        #expect(try store.blobs.files.sizeBytes(of: hash) == nil)
    }
}
