import QuipuHTTPServer
import Synchronization
import Testing

@testable import QuipuHosting

@Suite struct IdempotentRepliesTests {
    private final class Scene: Sendable {
        let now = Atomic<Int64>(0)
        let count = Atomic(0)
    }

    private let scene = Scene()
    private let replies: IdempotentReplies

    init() { replies = IdempotentReplies { [scene] in scene.now.load(ordering: .relaxed) } }

    private func key(_ text: String, _ caller: String? = nil) -> IdempotentReplies.Key {
        .init(caller: caller, archive: "press", text: text)
    }

    /// How often the work was done after this request, and what was answered.
    private func ask(
        _ text: String, caller: String? = nil, request: UInt128 = 1, status: Int = 201, bytes: Int = 10
    ) throws -> (count: Int, response: HTTPResponse) {
        let response = try replies.response(for: key(text, caller), request: request) {
            scene.count.add(1, ordering: .relaxed)
            return HTTPResponse(status: status, body: .bytes([UInt8](repeating: 1, count: bytes)))
        }
        return (scene.count.load(ordering: .relaxed), response)
    }

    @Test func `the same request with the same key gets the first answer, marked, and is done once`() throws {
        #expect(try ask("a").count == 1)
        let again = try ask("a")
        #expect(again.count == 1 && again.response.status == 201)
        #expect(again.response.headers.contains { $0 == ("Idempotency-Replayed", "true") })
        #expect(try ask("b").count == 2)
        // Another caller's key is another key.
        #expect(try ask("a", caller: "ben").count == 3)
    }

    @Test func `a key that comes with another request is refused`() throws {
        _ = try ask("a")
        #expect(throws: Problem.self) { try ask("a", request: 2) }
        #expect(scene.count.load(ordering: .relaxed) == 1)
    }

    @Test func `a request is refused while an earlier one with its key is being answered`() throws {
        var inner: String?
        _ = try replies.response(for: key("a"), request: 1) {
            do { _ = try ask("a") } catch { inner = (error as? Problem)?.word }
            return HTTPResponse(status: 200)
        }
        #expect(inner == "idempotency-key-in-use")
    }

    @Test func `the answer to an idempotency key is kept for ten minutes`() throws {
        _ = try ask("a")
        scene.now.add(599_999, ordering: .relaxed)
        #expect(try ask("a").count == 1)
        scene.now.add(1, ordering: .relaxed)
        #expect(try ask("a").count == 2)
    }

    @Test func `server errors and long answers are not kept for repetition`() throws {
        #expect(try ask("a", status: 503).count == 1)
        #expect(try ask("a").count == 2)
        #expect(try ask("b", bytes: 64 << 10 + 1).count == 3)
        #expect(try ask("b").count == 4)
    }

    @Test func `the number of answers kept for repetition is bounded`() throws {
        for number in 0..<1_100 { _ = try ask("k\(number)") }
        let count = scene.count.load(ordering: .relaxed)
        // The last are there, the first are not.
        #expect(try ask("k1099").count == count)
        #expect(try ask("k0").count == count + 1)
    }

    @Test(arguments: ["", "a b", "ä", String(repeating: "a", count: 256)])
    func `a malformed idempotency key is refused`(text: String) {
        let head = HTTPRequestHead(method: "POST", path: "/", headers: .init([("Idempotency-Key", text)]))
        #expect(throws: Problem.self) {
            try IdempotentReplies.key(of: head, archive: "press", caller: nil)
        }
    }
}
