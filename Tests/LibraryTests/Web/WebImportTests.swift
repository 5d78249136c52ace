import Quipu
import Testing

/// Addresses that are imported.
@Suite struct WebImportTests {
    private let folder: TemporaryFolder
    private let archive: Archive
    private let site: WebSite

    init() throws {
        folder = try TemporaryFolder()
        archive = try Archive.create(at: folder.path + "/press", named: "press", as: "Ana Ruiz")
        site = try WebSite()
    }

    @Test func `a typed address on this machine is fetched, and its redirection is followed`() throws {
        defer { site.stop() }
        site.publish(["One", "Two"])
        let report = try archive.importItems(of: ImportSource(fetching: site.address("/moved")))
        #expect(report.createdRecords == 2)
        #expect(site.requests.map(\.path) == ["/moved", "/feed.json"])
    }

    @Test(arguments: ["/file", "/round", "/nothing"])
    func `an address that redirects to a file or without end, or that answers with an error, is refused`(
        path: String
    ) throws {
        defer { site.stop() }
        let error = #expect(throws: QuipuError.self) { try ImportSource(fetching: site.address(path)) }
        #expect(error?.code == .fetchFailed)
    }
}
