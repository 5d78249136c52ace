internal import Glibc

/// Opens very many event streams from this process and asks the system what they cost the server: opened, after a
/// heartbeat for each, and after news for all.
struct IdleWatchers {
    let url: String
    let server: ChildProcess
    let count: Int

    /// - Parameter makeNews: something that every watcher is to hear of.
    func rows(makeNews: () -> Void) -> [Row] {
        raiseLimit()
        let (port, path) = address()
        // What the first ones cost is the server's own.
        let first = (0..<min(100, count)).map { _ in EventSocket(port: port, path: path) }
        for socket in first { socket.waitForEvent() }
        let before = Cost(of: server.processID)
        let sockets = (0..<count).map { _ in EventSocket(port: port, path: path) }
        for socket in sockets { socket.waitForEvent() }
        let opened = ChildProcess.nowMilliseconds()
        let after = Cost(of: server.processID)
        for socket in sockets { socket.waitForHeartbeat() }
        let beaten = ChildProcess.nowMilliseconds()
        let idle = Cost(of: server.processID)
        makeNews()
        let told = ChildProcess.nowMilliseconds()
        for socket in sockets { socket.waitForEvent() }
        let heard = ChildProcess.nowMilliseconds()
        let busy = Cost(of: server.processID)

        let most = max(after.residentKibibytes, idle.residentKibibytes, busy.residentKibibytes)
        let own = Double(most - before.residentKibibytes) / Double(count)
        // Both ends of each connection are on this machine.
        let kernel = Double(max(0, after.kernelKibibytes - before.kernelKibibytes)) / Double(2 * count)
        let busyMilliseconds = Double(idle.processorMilliseconds - after.processorMilliseconds)
        let share = busyMilliseconds / max(1, beaten - opened) * 100
        let title = "\(count) idle watchers"
        return [
            Row(name: "\(title), the server's memory, each", values: [own], unit: "KiB"),
            Row(name: "\(title), the kernel's, each", values: [kernel], unit: "KiB"),
            Row(
                name: "\(title), memory, each", values: [own + kernel], unit: "KiB", bar: .atMost(32)),
            Row(name: "\(title), of one processor", values: [share], unit: "%"),
            Row(name: "\(title), until all have heard of news", values: [heard - told], unit: "ms"),
        ]
    }

    private func address() -> (port: UInt16, path: String) {
        let parts = url.split(separator: "/")
        guard parts.count == 3, let port = parts[1].split(separator: ":").last.flatMap({ UInt16($0) }) else {
            fail("no address: \(url)")
        }
        return (port, "/v1/archives/\(parts[2])/events")
    }

    private func raiseLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        if limit.rlim_cur < rlim_t(count + 1_024) {
            fail(
                "\(count) watchers need \(count + 1_024) open files, and the system grants \(limit.rlim_cur)")
        }
    }
}

/// What a process costs at some moment.
private struct Cost {
    let residentKibibytes: Int
    let processorMilliseconds: Int
    /// Of the machine's kernel: what waits in sockets, and its tables.
    let kernelKibibytes: Int

    init(of process: pid_t) {
        residentKibibytes = Self.number(after: "VmRSS:", in: "/proc/\(process)/status")
        kernelKibibytes =
            Self.number(after: "mem", in: "/proc/net/sockstat") * Int(getpagesize()) / 1_024
            + Self.number(after: "Slab:", in: "/proc/meminfo")
        // Behind the name in parentheses: state, ten numbers, then the ticks in user mode and in the kernel.
        let facts = Self.text("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = facts.count > 12 ? (Int(facts[11]) ?? 0) + (Int(facts[12]) ?? 0) : 0
        processorMilliseconds = ticks * 1_000 / Int(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func number(after word: String, in path: String) -> Int {
        let words = text(path).split { $0 == " " || $0 == "\n" || $0 == "\t" }
        guard let index = words.firstIndex(where: { $0 == word }), index + 1 < words.count else { return 0 }
        return Int(words[index + 1]) ?? 0
    }

    private static func text(_ path: String) -> String {
        guard let file = fopen(path, "r") else { fail("cannot read \(path)") }
        defer { fclose(file) }
        var block = [UInt8](repeating: 0, count: 16 << 10)
        let count = fread(&block, 1, block.count, file)
        return String(decoding: block.prefix(count), as: UTF8.self)
    }
}

/// One event stream, read no further than it must be; closed with its last reference.
private final class EventSocket {
    private let descriptor: Int32
    private var unread: [UInt8] = []

    init(port: UInt16, path: String) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result != 0 { fail("cannot connect: \(String(cString: strerror(errno)))") }
        let request = Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8)
        if send(descriptor, request, request.count, 0) != request.count { fail("cannot send") }
    }

    deinit { close(descriptor) }

    func waitForEvent() { wait(for: Array("data: ".utf8)) }

    func waitForHeartbeat() { wait(for: Array("\n:\n\n".utf8)) }

    private func wait(for sign: [UInt8]) {
        var block = [UInt8](repeating: 0, count: 1_024)
        while true {
            if let found = unread.firstRange(of: sign) {
                unread.removeSubrange(..<found.upperBound)
                return
            }
            let count = recv(descriptor, &block, block.count, 0)
            if count <= 0 { fail("a stream has ended") }
            unread += block[..<count]
        }
    }
}
