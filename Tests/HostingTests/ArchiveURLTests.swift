import QuipuReplication
import QuipuReplicationHTTP
import Testing

@Suite struct ArchiveURLTests {
    @Test(arguments: [
        ("http://127.0.0.1:8420/press", "http://127.0.0.1:8420/v1/archives/press/sync"),
        ("http://127.0.0.1:8420/press/", "http://127.0.0.1:8420/v1/archives/press/sync"),
        ("https://example.org/quipu/press", "https://example.org/quipu/v1/archives/press/sync"),
        ("http://127.0.0.1:1/v1/archives/press", "http://127.0.0.1:1/v1/archives/press/sync"),
    ])
    func `every accepted spelling of an archive URL means the same archive`(text: String, expected: String)
        throws
    {
        #expect(try ArchiveURL(text).syncURL == expected)
    }

    @Test(arguments: [
        "http://ana:secret@example.org/press", "http://example.org", "ftp://example.org/press",
        "http:///press",
        "http://example.org/Press", "http://example.org/press?x=1", "press",
    ])
    func `a malformed archive URL is refused`(text: String) {
        let error = #expect(throws: ReplicationError.self) { try ArchiveURL(text) }
        #expect(error?.code == .badLocation)
        #expect(error?.message.contains("secret") == false)
    }

    @Test func `a server's URL alone means the archive of the same name on that server`() throws {
        #expect(try ArchiveURL("http://example.org", defaultName: "press").name == "press")
    }
}
