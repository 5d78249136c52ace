import QuipuHTTPServer
import Synchronization

/// Answers on this machine as a Zotero does that runs there (its API, version 3): a library of versions, lists of at most 100
/// items with `Total-Results` and `Link`, `since` and `itemKey`, 304 where nothing is newer.
final class ZoteroServer: Sendable {
    struct Item {
        let key: String
        var version: Int
        var title: String
        var parent: String?
    }

    private struct State {
        var items: [Item] = []
        var version = 5
        var requests: [String] = []
        /// What is answered first, before anything else: a status and its header fields.
        var refusals: [(status: Int, headers: [(String, String)])] = []
        /// After so many requests it is gone.
        var answersLeft = Int.max
    }

    private let state: Mutex<State>
    private let listener: HTTPListener

    /// Lets the listener's closure reach what is made after it. Unchecked: set once, before the first request.
    private final class SharedState: @unchecked Sendable {
        var answer: ((HTTPRequestHead) -> HTTPResponse)?
    }

    init(items count: Int) throws {
        var state = State()
        for number in 0..<count {
            let key = "A" + String(1_000_000 + number)
            state.items.append(Item(key: key, version: 5, title: "Title \(number)"))
            state.items.append(
                Item(key: "N" + String(1_000_000 + number), version: 5, title: "Note \(number)", parent: key))
        }
        self.state = Mutex(state)
        let shared = SharedState()
        listener = try HTTPListener { head in
            .respond(shared.answer?(head) ?? .text(status: 503, "not yet"))
        }
        shared.answer = { [unowned self] in self.answer($0) }
    }

    func stop() { listener.stop() }

    var address: String { "http://127.0.0.1:\(listener.port)/api/users/0/" }

    /// The paths that were asked for since the last call.
    func takeRequests() -> [String] {
        state.withLock { state in
            defer { state.requests = [] }
            return state.requests
        }
    }

    func change(_ index: Int, title: String) {
        state.withLock {
            $0.version += 1
            $0.items[index].version = $0.version
            $0.items[index].title = title
        }
    }

    func delete(_ index: Int) {
        state.withLock {
            $0.version += 1
            $0.items.remove(at: index)
        }
    }

    func refuse(_ status: Int, _ headers: [(String, String)]) {
        state.withLock { $0.refusals.append((status, headers)) }
    }

    func vanish(after answers: Int) { state.withLock { $0.answersLeft = answers } }

    private func answer(_ head: HTTPRequestHead) -> HTTPResponse {
        state.withLock { state in
            state.requests.append(String(head.path.dropFirst("/api/users/0/".count)))
            guard state.answersLeft > 0 else { return .text(status: 404, "gone") }
            state.answersLeft -= 1
            if !state.refusals.isEmpty {
                let refusal = state.refusals.removeFirst()
                return HTTPResponse(
                    status: refusal.status, headers: refusal.headers, body: .bytes(Array("wait".utf8)))
            }
            var query: [String: String] = [:]
            for pair in (head.query ?? "").split(separator: "&") {
                let halves = pair.split(separator: "=", maxSplits: 1).map(String.init)
                if halves.count == 2 { query[halves[0]] = halves[1].replacing("%2C", with: ",") }
            }
            var headers = [
                ("Content-Type", "application/json"), ("Last-Modified-Version", "\(state.version)"),
                ("Zotero-API-Version", "3"),
            ]
            if let known = head.headers["If-Modified-Since-Version"].flatMap({ Int($0) }),
                known >= state.version
            {
                return HTTPResponse(status: 304, headers: headers)
            }
            guard head.path.hasSuffix("/items") else {
                headers.append(("Total-Results", "0"))
                return HTTPResponse(status: 200, headers: headers, body: .bytes(Array("[]".utf8)))
            }
            var found = state.items
            if let since = query["since"].flatMap({ Int($0) }) { found.removeAll { $0.version <= since } }
            if let keys = query["itemKey"]?.split(separator: ",").map(String.init) {
                found.removeAll { !keys.contains($0.key) }
            }
            let start = query["start"].flatMap { Int($0) } ?? 0
            let limit = min(100, query["limit"].flatMap { Int($0) } ?? 25)
            headers.append(("Total-Results", "\(found.count)"))
            if start + limit < found.count {
                headers.append(("Link", "<\(head.path)?start=\(start + limit)&limit=\(limit)>; rel=\"next\""))
            }
            let page = found.dropFirst(start).prefix(limit).map(Self.text)
            return HTTPResponse(
                status: 200, headers: headers, body: .bytes(Array("[\(page.joined(separator: ","))]".utf8)))
        }
    }

    private static func text(_ item: Item) -> String {
        let data =
            item.parent.map { #""itemType":"note","note":"<p>\#(item.title)</p>","parentItem":"\#($0)""# }
            ?? #""itemType":"book","title":"\#(item.title)""#
        return
            #"{"key":"\#(item.key)","version":\#(item.version),"library":{"type":"user","id":0},"data":{"key":"\#(item.key)","version":\#(item.version),\#(data)}}"#
    }
}
