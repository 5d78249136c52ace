import Foundation
import Synchronization

/// Something that listens on a free port and is no Quipu: it does to each connection what it is told, one after
/// the other, in a thread of its own.
public final class LoopbackServer: Sendable {
    private struct State {
        var connection: LoopbackSocket?
        var isStopping = false
    }

    private final class Connections: Sendable {
        let state = Mutex(State())
    }

    public let port: UInt16
    private let listener: LoopbackSocket
    private let connections = Connections()
    private let hasEnded = DispatchSemaphore(value: 0)

    init(serving serve: @escaping @Sendable (LoopbackSocket) -> Void) throws {
        (listener, port) = try LoopbackSocket.bound()
        listener.listen()
        Thread.detachNewThread { [listener, connections, hasEnded] in
            while let connection = listener.accept() {
                let isWanted = connections.state.withLock { state in
                    state.connection = connection
                    return !state.isStopping
                }
                if isWanted { serve(connection) }
                // A number that is closed may mean another connection soon.
                connections.state.withLock { state in
                    state.connection = nil
                    connection.close()
                }
            }
            hasEnded.signal()
        }
    }

    deinit { stop() }

    /// Ends the connection under way too, and waits for the thread.
    func stop() {
        let isFirst = connections.state.withLock { state in
            defer { state.isStopping = true }
            state.connection?.shutDown()
            return !state.isStopping
        }
        guard isFirst else { return }
        listener.shutDown()
        hasEnded.wait()
        listener.close()
    }

    public var url: String { "http://127.0.0.1:\(port)" }

    /// Answers every request with the same bytes, and closes the connection.
    public convenience init(answering reply: [UInt8]) throws {
        try self.init { connection in
            guard HTTPMessage.receive(from: connection) else { return }
            connection.send(reply)
        }
    }

    public convenience init(answering reply: String) throws { try self.init(answering: Array(reply.utf8)) }
}

/// A port of this machine at which nobody listens, as long as this value is held.
public final class UnusedPort {
    public let port: UInt16
    private let holder: LoopbackSocket

    public init() throws { (holder, port) = try LoopbackSocket.bound() }

    deinit { holder.close() }
}

/// Just enough of HTTP to read a request to its end.
enum HTTPMessage {
    /// False when the connection ended before.
    static func receive(from connection: LoopbackSocket) -> Bool {
        var bytes: [UInt8] = []
        while true {
            let block = connection.receive(atMost: 64 << 10)
            if block.isEmpty { return false }
            bytes += block
            guard let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { continue }
            let lines = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).lowercased()
                .split(separator: "\r\n")
            let length = lines.first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).filter { !$0.isWhitespace }) }
            if bytes.count >= head.upperBound + (length ?? 0) { return true }
        }
    }
}
