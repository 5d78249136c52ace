internal import Glibc

/// Tells systemd how the service stands, where it asks: one datagram to the socket in `$NOTIFY_SOCKET`
/// (sd_notify(3)).
struct ServiceManager {
    enum State: String {
        case ready = "READY=1"
        case stopping = "STOPPING=1"
    }

    /// A path, or `@` and a name in the abstract space; nil where nobody asks.
    let socketPath: String?

    /// Nothing can be done about a manager that does not listen.
    func tell(_ state: State) {
        guard let path = socketPath,
            path.utf8.first == UInt8(ascii: "/") || path.utf8.first == UInt8(ascii: "@")
        else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let message = Array(state.rawValue.utf8)
        // A name in the abstract space ends with the address, not with a zero.
        let length = MemoryLayout.size(ofValue: address.sun_family) + name.count + (name[0] == 0 ? 0 : 1)
        withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = sendto(
                    descriptor, message, message.count, Int32(MSG_NOSIGNAL), address, socklen_t(length))
            }
        }
    }
}
