import QuipuReplication
import Support
import Testing

@testable import QuipuHTTPServer
@testable import QuipuHosting

/// Requests that wait for changes of records.
@Suite struct NewsLimitTests {
    @Test
    func `at the watcher limit, waiting requests are refused and others answered, until a place is free`()
        throws
    {
        let folder = try TemporaryFolder()
        let backend = FolderBackend(.directory(folder.path, createsArchives: true))
        let channels = ArchiveChannels(backend: backend, maximumWatchers: 1, heartbeatMilliseconds: 1_000)
        let mark = ArchiveMark(position: 1, knowledgeHash: 1)
        let caller = Caller(name: "luis", role: .reader, mayCreate: false)
        func ask(milliseconds: Int, hasCome: Bool) throws {
            try channels.awaitNews(
                of: "press", by: caller, milliseconds: milliseconds, isStopping: { true },
                current: { mark }, until: { hasCome })
        }
        let watching = try channels.watch("press", by: caller, known: nil) { mark }
        let refusal = try #require(throws: Problem.self) { try ask(milliseconds: 60_000, hasCome: false) }
        #expect(refusal.status == 503 && refusal.word == "too-many-watchers")
        #expect(refusal.headers.contains { $0.0 == "Retry-After" })
        try ask(milliseconds: 0, hasCome: false)
        try ask(milliseconds: 60_000, hasCome: true)
        #expect(channels.watcherCount == 1)
        watching.finish()
        try ask(milliseconds: 60_000, hasCome: false)
        #expect(channels.watcherCount == 0)
    }
}
