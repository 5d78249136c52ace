/// One connection to a server of this machine, on which a test says exactly what it wants to, as slowly as it wants.
public final class HTTPConversation {
    public struct Reply {
        public let head: String
        public let body: [UInt8]

        public var status: Int? { head.split(separator: " ").dropFirst().first.flatMap { Int($0) } }
        public var text: String { String(decoding: body, as: UTF8.self) }

        public func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                    return String(parts[1].drop { $0 == " " })
                }
            }
            return nil
        }
    }

    private let socket: LoopbackSocket
    private let port: UInt16
    private var unread: [UInt8] = []

    /// Nil when nobody listens there.
    public init?(port: UInt16) {
        guard let socket = LoopbackSocket.connected(to: port) else { return nil }
        self.socket = socket
        self.port = port
    }

    deinit { socket.close() }

    public func send(_ bytes: some Collection<UInt8>) { socket.send(bytes) }

    public func send(_ text: String) { send(text.utf8) }

    /// A request without a body, and its answer.
    public func get(_ path: String, fields: String = "") -> Reply? {
        send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(fields)\r\n")
        return reply()
    }

    /// The next answer, read by its length; nil when the connection ends before.
    ///
    /// - Parameter isToHead: it has a length and no body.
    public func reply(isToHead: Bool = false) -> Reply? {
        guard let head = take(through: "\r\n\r\n") else { return nil }
        if isToHead { return Reply(head: head, body: []) }
        let length = Reply(head: head, body: []).header("Content-Length").flatMap { Int($0) } ?? 0
        while unread.count < length { guard readMore() else { return nil } }
        defer { unread.removeFirst(length) }
        return Reply(head: head, body: Array(unread.prefix(length)))
    }

    private func take(through mark: String) -> String? {
        while true {
            if let end = unread.firstRange(of: Array(mark.utf8)) {
                defer { unread.removeSubrange(..<end.upperBound) }
                return String(decoding: unread[..<end.lowerBound], as: UTF8.self)
            }
            guard readMore() else { return nil }
        }
    }

    private func readMore() -> Bool {
        let bytes = socket.receive(atMost: 16 << 10)
        unread += bytes
        return !bytes.isEmpty
    }
}
