import QuipuHTTPServer
import Synchronization

/// Something that threads share.
final class Shared<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }

    var value: Value { mutex.withLock { $0 } }

    func change(_ change: @Sendable (inout Value) -> Void) { mutex.withLock { change(&$0) } }
}

extension HTTPListener {
    /// Answers every request with its own method, path, query and body.
    static func echoing(_ adjust: (inout Configuration) -> Void = { _ in }) throws -> HTTPListener {
        try answering(adjust) { head in
            .accept(
                BufferedRequestHandler(limitBytes: 1 << 20) { body in
                    let line = "\(head.method) \(head.path) \(head.query ?? "-") "
                    return HTTPResponse(
                        status: 200, headers: [("Content-Type", "text/plain")],
                        body: .bytes(Array(line.utf8) + body))
                })
        }
    }

    static func answering(
        _ adjust: (inout Configuration) -> Void = { _ in },
        _ handler: @escaping @Sendable (HTTPRequestHead) -> HTTPDisposition
    ) throws -> HTTPListener {
        var configuration = Configuration()
        configuration.threads = 2
        adjust(&configuration)
        return try HTTPListener(configuration: configuration, handler: handler)
    }
}
