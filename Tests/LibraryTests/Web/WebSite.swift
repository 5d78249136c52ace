import QuipuHTTPServer
import Synchronization

/// A small site on this machine: a feed that can change, and addresses that lead elsewhere.
final class WebSite: Sendable {
    private struct State {
        var feed = ""
        var tag = 0
        /// The path of each request, and whether it was conditional.
        var requests: [(path: String, isConditional: Bool)] = []
    }

    private let state: Mutex<State>
    private let listener: HTTPListener

    init() throws {
        let state = SharedState()
        self.state = Mutex(State())
        listener = try HTTPListener { head in .respond(state.answer?(head) ?? .text(status: 503, "not yet")) }
        state.answer = { [unowned self] in self.answer($0) }
    }

    /// Lets the listener's closure reach what is made after it. Unchecked: set once, before the first request.
    private final class SharedState: @unchecked Sendable {
        var answer: ((HTTPRequestHead) -> HTTPResponse)?
    }

    func stop() { listener.stop() }

    func address(_ path: String) -> String { "http://127.0.0.1:\(listener.port)\(path)" }

    func publish(_ titles: [String]) {
        let items = titles.map { #"{"id":"\#($0)","title":"\#($0)","content_text":"What \#($0) is about."}"# }
        state.withLock {
            $0.tag += 1
            $0.feed = """
                {"version":"https://jsonfeed.org/version/1.1","title":"Press","items":[\(items.joined(separator: ","))]}
                """
        }
    }

    var requests: [(path: String, isConditional: Bool)] { state.withLock { $0.requests } }

    private func answer(_ head: HTTPRequestHead) -> HTTPResponse {
        state.withLock { state in
            let known = head.headers["If-None-Match"]
            state.requests.append((head.path, known != nil))
            switch head.path {
            case "/feed.json":
                let tag = "\"\(state.tag)\""
                if known == tag { return HTTPResponse(status: 304, headers: [("ETag", tag)]) }
                return HTTPResponse(
                    status: 200, headers: [("Content-Type", "application/feed+json"), ("ETag", tag)],
                    body: .bytes(Array(state.feed.utf8)))
            case "/page":
                let page = """
                    <!DOCTYPE html><html><head><link rel=stylesheet href=a.css>
                    <LINK rel='alternate home' type="application/feed+json" title="a > b" href="feed.json?a=1&amp;b=2">
                    </head><body><p>News</p></body></html>
                    """
                return HTTPResponse(
                    status: 200, headers: [("Content-Type", "text/html")], body: .bytes(Array(page.utf8)))
            case "/moved": return HTTPResponse(status: 302, headers: [("Location", "/feed.json")])
            case "/file": return HTTPResponse(status: 302, headers: [("Location", "file:///etc/passwd")])
            case "/round": return HTTPResponse(status: 302, headers: [("Location", "/round")])
            default: return .text(status: 404, "nothing here")
            }
        }
    }
}
