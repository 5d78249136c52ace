import Foundation
import Glibc

/// A TCP server that does to each connection what a script says, in one thread, one connection after another.
final class ScriptedServer: Sendable {
    /// The server's end of a connection.
    struct Peer {
        let descriptor: Int32

        func send(_ text: String) {
            let bytes = Array(text.utf8)
            _ = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
        }

        /// Reads until the header of a request is complete; false if the connection ends first.
        @discardableResult
        func readHeader() -> Bool {
            var bytes: [UInt8] = []
            var byte: UInt8 = 0
            while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
                guard recv(descriptor, &byte, 1, 0) == 1 else { return false }
                bytes.append(byte)
            }
            return true
        }

        /// What is read until the client ends.
        func readToEnd() -> [UInt8] {
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
                all += buffer[..<count]
            }
            return all
        }

        /// Closing will then send a reset instead of an end.
        func resetOnClose() {
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        }
    }

    let port: UInt16
    private let descriptor: Int32
    private let hasEnded = DispatchSemaphore(value: 0)

    init(_ script: @escaping @Sendable (Peer) -> Void) {
        let listener = Self.boundSocket()
        Glibc.listen(listener, 16)
        descriptor = listener
        port = Self.port(of: listener)
        Thread.detachNewThread { [hasEnded] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                var limit = timeval(tv_sec: 10, tv_usec: 0)
                setsockopt(
                    connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
                script(Peer(descriptor: connection))
                close(connection)
            }
            hasEnded.signal()
        }
    }

    var url: String { "http://127.0.0.1:\(port)/" }

    func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        hasEnded.wait()
        close(descriptor)
    }

    /// A port on which nobody listens. The socket that holds it must be kept open for as long.
    static func unusedPort() -> (port: UInt16, holder: Int32) {
        let holder = boundSocket()
        return (port(of: holder), holder)
    }

    private static func boundSocket() -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        precondition(result == 0, "no free port on the loopback")
        return descriptor
    }

    private static func port(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}
