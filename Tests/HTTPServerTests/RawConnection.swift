import Glibc

/// A TCP connection to a port of this machine that says exactly what it is told to say. Reading gives up
/// after ten seconds, so that a fault fails a test and does not hang it.
final class RawConnection {
    struct Failure: Error {
        let operation: String
        let code: Int32
    }

    struct Reply: Equatable {
        var head: String
        var body: [UInt8]

        var status: Int? { Int(head.split(separator: " ").dropFirst().first ?? "") }
        var text: String { String(decoding: body, as: UTF8.self) }

        func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                    return String(parts[1].drop { $0 == " " })
                }
            }
            return nil
        }
    }

    private let descriptor: Int32
    private var unread: [UInt8] = []

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result != 0 { throw Failure(operation: "connect", code: errno) }
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { throw Failure(operation: "send", code: errno) }
            sent += count
        }
    }

    /// No more will be sent.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// nil if the connection ended before a whole header came. `hasBody` is false for the answer to HEAD.
    func reply(hasBody: Bool = true) throws -> Reply? {
        let end = Array("\r\n\r\n".utf8)
        var boundary = unread.firstRange(of: end)
        while boundary == nil {
            guard try readMore() else { return nil }
            boundary = unread.firstRange(of: end)
        }
        guard let boundary else { return nil }
        var reply = Reply(head: String(decoding: unread[..<boundary.lowerBound], as: UTF8.self), body: [])
        unread.removeSubrange(..<boundary.upperBound)
        let length = hasBody ? reply.header("Content-Length").flatMap { Int($0) } ?? 0 : 0
        while unread.count < length, try readMore() {}
        reply.body = Array(unread.prefix(length))
        unread.removeFirst(min(length, unread.count))
        return reply
    }

    /// The next chunk of a chunked body; empty at its end, nil if the connection ended before.
    func chunk() throws -> String? {
        let end = Array("\r\n".utf8)
        var line = unread.firstRange(of: end)
        while line == nil {
            guard try readMore() else { return nil }
            line = unread.firstRange(of: end)
        }
        guard let line,
            let count = Int(String(decoding: unread[..<line.lowerBound], as: UTF8.self), radix: 16)
        else { throw Failure(operation: "chunk", code: EBADMSG) }
        unread.removeSubrange(..<line.upperBound)
        while unread.count < count + end.count { guard try readMore() else { return nil } }
        defer { unread.removeFirst(count + end.count) }
        return String(decoding: unread.prefix(count), as: UTF8.self)
    }

    /// All that comes until the connection ends. A reset is an end too.
    func rest() throws -> [UInt8] {
        while try readMore() {}
        defer { unread = [] }
        return unread
    }

    /// False at the end.
    private func readMore() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno != ECONNRESET { throw Failure(operation: "recv", code: errno) }
        unread += buffer.prefix(max(0, count))
        return count > 0
    }
}
