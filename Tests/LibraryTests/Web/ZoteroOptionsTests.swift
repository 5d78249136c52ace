import Quipu
import QuipuHTTPServer
import Support
import Synchronization
import Testing

/// A Zotero on this machine, whose library is imported again with other options, or after an undo.
@Suite struct ZoteroOptionsTests {
    private let folder: TemporaryFolder
    private let archive: Archive
    private let library: FakeZotero

    init() throws {
        folder = try TemporaryFolder()
        archive = try Archive.create(at: folder.path + "/press", named: "press", as: "Ana Ruiz")
        library = try FakeZotero()
    }

    private func imported(_ change: (inout ImportOptions) -> Void = { _ in }) throws -> ImportReport {
        var options = ImportOptions()
        change(&options)
        var reading = ReadingOptions()
        reading.zoteroAddress = library.address
        reading.readerProgram = QuipuProcess.path
        return try archive.importZotero(options, reading)
    }

    @Test func `a second Zotero import reads only changes, and reads everything for a new target collection`()
        throws
    {
        defer { library.stop() }
        #expect(try imported().createdRecords == 2)
        #expect(try imported().readItems == 0)
        #expect(try imported { $0.collection = "Mine" }.readItems == 2)
        #expect(try archive.read { try $0.records(matching: "in:Mine").total } == 2)
        #expect(try imported { $0.collection = "Mine" }.readItems == 0)
        #expect(try imported().readItems == 0)
    }

    @Test func `an import after an undo reads the whole library again and restores it on request`() throws {
        defer { library.stop() }
        #expect(try imported().createdRecords == 2)
        try archive.undo(try #require(try archive.read { try $0.lastOwnEntry() }))
        let again = try imported()
        #expect(again.readItems == 2 && again.stayedDeletedItems == 2)
        #expect(try imported().readItems == 0)
        #expect(try imported { $0.restoresDeleted = true }.restoredRecords == 2)
        #expect(try archive.read { try $0.records(matching: "kind:article").total } == 2)
    }
}

/// Answers as Zotero's local interface does, with two items.
private final class FakeZotero: Sendable {
    private let listener: HTTPListener

    init() throws {
        listener = try HTTPListener { head in
            let isUnchanged = head.query?.contains("since=5") == true
            let items = ["AAAAAAAA", "BBBBBBBB"].map {
                #"{"key":"\#($0)","version":5,"library":{"type":"user","id":7},"data":{"key":"\#($0)","itemType":"book","title":"Title \#($0)","collections":[]}}"#
            }
            let found = head.path.hasSuffix("items") && !isUnchanged ? items : []
            return .respond(
                HTTPResponse(
                    status: 200,
                    headers: [
                        ("Content-Type", "application/json"), ("Last-Modified-Version", "5"),
                        ("Total-Results", String(found.count)),
                    ], body: .bytes(Array("[\(found.joined(separator: ","))]".utf8))))
        }
    }

    var address: String { "http://127.0.0.1:\(listener.port)/api/users/0/" }

    func stop() { listener.stop() }
}
