import Quipu
import Testing

/// Feeds that a machine follows for an archive.
@Suite struct FeedTests {
    private let folder: TemporaryFolder
    private let archive: Archive
    private let site: WebSite

    init() throws {
        folder = try TemporaryFolder()
        archive = try Archive.create(at: folder.path + "/press", named: "press", as: "Ana Ruiz")
        site = try WebSite()
    }

    private func fetched(again: Bool = false) throws -> [String] {
        try archive.fetchFeeds(again: again).map { outcome in
            switch outcome.result {
            case .unchanged: "unchanged"
            case .imported(let report): "\(report.createdRecords) new, \(report.unchangedRecords) known"
            case .failed(let error): error.code.rawValue
            }
        }
    }

    @Test func `a feed in which nothing is new costs one conditional request`() throws {
        defer { site.stop() }
        site.publish(["One", "Two"])
        #expect(try archive.addFeed(site.address("/feed.json"), into: "Press").name == "127-0-0-1")
        #expect(try fetched() == ["2 new, 0 known"])
        #expect(try fetched() == ["unchanged"])
        #expect(site.requests.map(\.isConditional) == [false, true])
        site.publish(["Two", "Three"])
        #expect(try fetched() == ["1 new, 1 known"])
        #expect(try fetched(again: true) == ["0 new, 2 known"])
        #expect(try archive.read { try $0.records(matching: "in:Press").total } == 3)
        #expect(try archive.feeds().first?.fetchedAtMilliseconds != nil)
    }

    @Test func `the first fetch after an undo or a restore reads the whole feed again`() throws {
        defer { site.stop() }
        site.publish(["One", "Two"])
        try archive.addFeed(site.address("/feed.json"))
        #expect(try fetched() == ["2 new, 0 known"])
        let entry = try #require(try archive.read { try $0.lastOwnEntry() })
        try archive.undo(entry)
        #expect(try fetched() == ["0 new, 0 known"])
        #expect(try fetched() == ["unchanged"])
        let id = try #require(try archive.read { try $0.records(matching: "is:deleted title:One").first?.id })
        try archive.write("restore") { try $0.restore(id) }
        #expect(try fetched() == ["0 new, 1 known"])
        #expect(site.requests.map(\.isConditional) == [false, false, true, false])
    }

    @Test func `a feed that fails does not stop the other feeds`() throws {
        defer { site.stop() }
        site.publish(["One"])
        try archive.addFeed(site.address("/gone"), named: "a")
        try archive.addFeed(site.address("/file"), named: "b")
        try archive.addFeed(site.address("/moved"), named: "c")
        #expect(try fetched() == ["fetch-failed", "fetch-failed", "1 new, 0 known"])
        #expect(try archive.feeds().map { $0.failure == nil } == [false, false, true])
    }

    @Test func `the error for a page that is not a feed names the whole address of the feed it links to`()
        throws
    {
        defer { site.stop() }
        try archive.addFeed(site.address("/page"))
        let outcome = try #require(try archive.fetchFeeds().first)
        guard case .failed(let error) = outcome.result else {
            Issue.record("\(outcome.result)")
            return
        }
        #expect(error.message.hasSuffix("the page links to \(site.address("/feed.json?a=1&b=2"))"))
    }

    @Test func `adding a feed with a name or address in use, or with an invalid address, is refused`() throws
    {
        defer { site.stop() }
        try archive.addFeed("https://www.example.org/feed.xml")
        #expect(try archive.addFeed("https://example.org/atom").name == "example-org-2")
        #expect(throws: QuipuError.self) {
            try archive.addFeed("https://www.example.org/feed.xml", named: "x")
        }
        #expect(throws: QuipuError.self) {
            try archive.addFeed("https://example.org/b", named: "example-org")
        }
        for address in ["file:///etc/passwd", "example.org", "https://a b", ""] {
            #expect(throws: QuipuError.self) { try archive.addFeed(address) }
        }
        try archive.removeFeed("example-org")
        #expect(try archive.feeds().map(\.name) == ["example-org-2"])
        #expect(throws: QuipuError.self) { try archive.removeFeed("example-org") }
        #expect(throws: QuipuError.self) { try archive.fetchFeeds(named: "nobody") }
    }
}
