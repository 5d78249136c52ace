internal import Glibc
internal import QuipuStorage

/// An IPv4 address of this machine, and the interface that has it.
struct NetworkAddress: Equatable {
    let interface: String
    /// Four bytes, the first of them first.
    let bytes: [UInt8]
    var isPointToPoint = false
    /// Other networks are reached through this interface.
    var hasDefaultRoute = false

    var text: String { bytes.map { String($0) }.joined(separator: ".") }

    /// Those that another machine may reach, the most likely first.
    static func ofThisMachine() -> [NetworkAddress] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        let routed = interfacesWithDefaultRoute()
        var found: [NetworkAddress] = []
        var next = first
        while let entry = next?.pointee {
            next = entry.ifa_next
            let flags = Int32(bitPattern: entry.ifa_flags)
            guard let address = entry.ifa_addr, Int32(address.pointee.sa_family) == AF_INET,
                flags & Int32(IFF_UP) != 0, flags & Int32(IFF_LOOPBACK) == 0
            else { continue }
            let number = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                $0.pointee.sin_addr.s_addr
            }
            let name = String(cString: entry.ifa_name)
            found.append(
                NetworkAddress(
                    interface: name, bytes: withUnsafeBytes(of: number) { Array($0) },
                    isPointToPoint: flags & Int32(IFF_POINTOPOINT) != 0,
                    hasDefaultRoute: routed.contains(name)))
        }
        return sorted(found)
    }

    /// Real cards before virtual ones, which only this machine or a far one reaches; among those the one with the way out,
    /// as both machines are likely on the same Wi-Fi; addresses that machines gave themselves (169.254, RFC 3927) last, since
    /// both have one only where nobody gives addresses, as on a cable between the two.
    static func sorted(_ addresses: [NetworkAddress]) -> [NetworkAddress] {
        func rank(_ address: NetworkAddress) -> Int {
            (address.isVirtual ? 4 : 0) + (address.isLinkLocal ? 2 : 0) + (address.hasDefaultRoute ? 0 : 1)
        }
        return addresses.enumerated()
            .sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
    }

    var isLinkLocal: Bool { bytes.starts(with: [169, 254]) }

    /// Of containers, virtual machines and tunnels, by the names that their programs give them.
    var isVirtual: Bool {
        isPointToPoint
            || [
                "br-", "cni", "docker", "lxc", "lxd", "podman", "tailscale", "tap", "tun", "vboxnet", "veth",
                "virbr", "vmnet",
                "wg", "zt",
            ].contains { interface.hasPrefix($0) }
    }

    /// From the kernel's table: name, destination, … in hexadecimal, with a destination of 0 for all others.
    private static func interfacesWithDefaultRoute() -> Set<String> {
        let table = SmallFile.text("/proc/net/route", maximumBytes: 1 << 20) ?? ""
        return Set(
            table.split(separator: "\n").compactMap { line in
                let words = line.split(whereSeparator: \.isWhitespace)
                return words.count > 1 && words[1] == "00000000" ? String(words[0]) : nil
            })
    }
}
