import QuipuReplication
import QuipuReplicationHTTP
import QuipuStorage
import QuipuThreads
import Support
import Testing

@testable import Quipu

@Suite struct RemoteNewsTests {
    private let id = ArchiveMark(position: 5, knowledgeHash: 0xab).text

    /// The next items, one after the other; waits for them.
    private func items(_ news: RemoteNews, count: Int) -> [RemoteNews.Item] {
        var found: [RemoteNews.Item] = []
        while found.count < count {
            WakeUp.wait(for: [news.wake.descriptor], milliseconds: 10_000)
            let new = news.take()
            if new.isEmpty { return found }
            found += new
        }
        return found
    }

    private func news(_ server: LoopbackServer) throws -> RemoteNews {
        try RemoteNews(
            try ArchiveURL(server.url + "/press"), access: RemoteAccess(),
            environment: FakeWorld().environment())
    }

    @Test func `a link that ends is reopened, and every event is delivered`() throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
        let server = try LoopbackServer(answering: head + "id: \(id)\ndata: x\n\nid: foreign\ndata: y\n\nid:")
        let news = try news(server)
        let thread = try news.start()
        var links = 0
        var marks: [ArchiveMark?] = []
        while links < 3 {
            for item in items(news, count: 1) {
                switch item {
                case .linked: links += 1
                case .heard(let mark): marks.append(mark)
                case .unlinked(let error): #expect(error == nil)
                }
            }
        }
        news.stop()
        thread.join()
        // Of two that come together only the last counts.
        #expect(marks.filter { $0 == nil }.count >= 2)
        #expect(marks.allSatisfy { $0 == nil || $0?.text == id })
    }

    @Test func `a refusal is reported with the time that the server asks for`() throws {
        let problem = #"{"type":"urn:quipu:problem:too-many-watchers","title":"Full","status":503}"#
        let server = try LoopbackServer(
            answering: "HTTP/1.1 503 Full\r\nContent-Type: application/problem+json\r\nRetry-After: 60\r\n"
                + "Content-Length: \(problem.utf8.count)\r\n\r\n" + problem)
        let news = try news(server)
        let thread = try news.start()
        guard case .unlinked(let error as ReplicationError)? = items(news, count: 1).first else {
            Issue.record("nothing was told")
            return
        }
        #expect(error.retryAfterSeconds == 60)
        #expect(error.mayPassByWaiting)
        // It waits for a minute now, and ends at once all the same.
        news.stop()
        thread.join()
    }
}
