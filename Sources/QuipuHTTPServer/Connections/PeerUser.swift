internal import CQuipuMicroHTTPD
internal import Glibc

/// The user at the other end of a TCP connection within this machine, as the kernel tells it over a netlink socket (sock_diag(7)).
///
/// The question and the answer are C structures of `linux/inet_diag.h`, written and read here byte by byte:
///
///     nlmsghdr          length 4, type 2, flags 2, sequence 4, port 4
///     inet_diag_req_v2  family 1, protocol 1, extensions 1, padding 1, states 4, sockid
///     inet_diag_msg     family 1, state 1, timer 1, retransmits 1, sockid, expires 4, queues 4 and 4, user 4, inode 4
///     inet_diag_sockid  source port 2, destination port 2, source 16, destination 16, interface 4, cookie 8
enum PeerUser {
    private static let netlinkSocketDiagnosis: Int32 = 4
    private static let diagnoseByFamily: UInt16 = 20
    private static let isRequest: UInt16 = 1
    private static let questionBytes = 72
    private static let userOffset = 80
    private static let inodeOffset = 84

    /// Nil if the kernel does not tell.
    static func user(of descriptor: Int32) -> UInt32? {
        guard let peer = address(of: descriptor, getpeername), let own = address(of: descriptor, getsockname),
            peer.family == own.family
        else { return nil }
        var question: [UInt8] = []
        func add(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value) { question.append(contentsOf: $0) }
        }
        add(UInt32(questionBytes))
        add(diagnoseByFamily)
        add(isRequest)
        add(UInt64(0))
        question += [UInt8(peer.family), UInt8(IPPROTO_TCP), 0, 0]
        // In any state.
        add(UInt32.max)
        // What the other end calls source is its own address.
        question += peer.port + own.port + peer.host + own.host
        add(UInt32(0))
        // No cookie.
        add(UInt64.max)
        guard let answer = ask(question), answer.count >= inodeOffset + 4 else { return nil }
        func number<Number: FixedWidthInteger>(at offset: Int) -> Number {
            answer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
        }
        // A socket that nobody has any more has no inode, and says that it is root's.
        guard number(at: 4) as UInt16 == diagnoseByFamily, number(at: inodeOffset) as UInt32 != 0 else {
            return nil
        }
        return number(at: userOffset)
    }

    private static func ask(_ question: [UInt8]) -> [UInt8]? {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let link = socket(AF_NETLINK, kind, netlinkSocketDiagnosis)
        guard link >= 0 else { return nil }
        defer { close(link) }
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(link, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        guard send(link, question, question.count, 0) == question.count else { return nil }
        var answer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(link, &answer, answer.count, 0)
        return count > 0 ? Array(answer[..<count]) : nil
    }

    /// Port and host in the order of the network; the host takes 16 bytes.
    private static func address(
        of descriptor: Int32,
        _ read: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> (family: Int32, port: [UInt8], host: [UInt8])? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { read(descriptor, $0, &size) }
        }
        guard result == 0 else { return nil }
        return withUnsafeBytes(of: storage) { bytes in
            let port = Array(bytes[2..<4])
            switch Int32(storage.ss_family) {
            case AF_INET: return (AF_INET, port, Array(bytes[4..<8]) + [UInt8](repeating: 0, count: 12))
            case AF_INET6: return (AF_INET6, port, Array(bytes[8..<24]))
            default: return nil
            }
        }
    }
}
