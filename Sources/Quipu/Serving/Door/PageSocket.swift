internal import Glibc
internal import QuipuCausality
internal import QuipuStorage
internal import QuipuThreads

/// The Unix socket under which a page that is served is found by further calls of `quipu open`. Both ends look at who the other is
/// (SO_PEERCRED), and the folder is this user's alone: nobody else can offer a page, or ask for a code.
///
/// A question is a line, the answer another.
final class PageSocket: Sendable {
    private static let maximumLineBytes = 8 << 10
    /// For a question to arrive. Others that ask wait meanwhile.
    private static let questionSeconds = 10
    /// For an answer to arrive. A process that accepts a connection is alive, but may answer late on a busy machine or after others.
    private static let answerSeconds = 30

    private let path: String
    private let descriptor: Int32
    private let wake: WakeUp
    private let thread: JoinableThread

    /// Listens.
    ///
    /// - Parameters:
    ///   - path: as `path(for:runtimeFolder:)` gives it.
    ///   - answer: called on a thread of this object.
    /// - Returns: nil if the system gives no socket, thread or place.
    init?(at path: String, answer: @escaping @Sendable (String) -> String) {
        guard let wake = WakeUp(), let descriptor = Self.listen(at: path) else { return nil }
        let thread = JoinableThread { [wake] in Self.run(descriptor, wake, answer) }
        guard let thread else {
            close(descriptor)
            unlink(path)
            return nil
        }
        (self.path, self.descriptor, self.wake, self.thread) = (path, descriptor, wake, thread)
    }

    deinit {
        wake.give()
        thread.join()
        close(descriptor)
        unlink(path)
    }

    /// Where the socket of an archive is; nil if there is no folder that is this user's alone.
    ///
    /// - Parameter runtimeFolder: `$XDG_RUNTIME_DIR`; nil if it is not set. Where it is too long for the address of a socket, the folder
    ///   is the one for nil.
    static func path(for folder: ArchiveFolder, runtimeFolder: String?) -> String? {
        let real = realpath(folder.path, nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        // Half of the digits: the address of a socket has 108 bytes in all.
        let digits = UInt64(truncatingIfNeeded: BLAKE2b.hash16((real ?? folder.path).utf8))
        let name = String(digits, radix: 16) + ".sock"
        let places = [runtimeFolder.map { $0 + "/quipu" }, "/tmp/quipu-\(geteuid())"].compactMap { $0 }
        let place = places.first { "\($0)/\(name)".utf8.count < maximumPathBytes }
        guard let place, isOwnFolder(place) else { return nil }
        return "\(place)/\(name)"
    }

    /// Makes a folder, if need be, and says whether it is this user's alone.
    private static func isOwnFolder(_ place: String) -> Bool {
        mkdir(place, 0o700)
        var facts = stat()
        return lstat(place, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR && facts.st_uid == geteuid()
            && facts.st_mode & 0o077 == 0
    }

    /// Asks who listens there.
    ///
    /// - Returns: nil if nobody does, or not this user.
    static func ask(_ question: String, at path: String) -> String? {
        guard let descriptor = open(waitingAtMost: answerSeconds) else { return nil }
        defer { close(descriptor) }
        guard withAddress(path, { connect(descriptor, $0, $1) }) == 0, isOwn(descriptor) else { return nil }
        guard send(question, to: descriptor) else { return nil }
        return line(from: descriptor)
    }

    // MARK: the system's side

    private static let maximumPathBytes = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

    private static func open(waitingAtMost seconds: Int) -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        setWait(of: descriptor, seconds: seconds)
        return descriptor
    }

    /// Whether the process that listened there has ended: the system refuses a connection at once.
    private static func isAbandoned(_ path: String) -> Bool {
        guard let descriptor = open(waitingAtMost: questionSeconds) else { return false }
        defer { close(descriptor) }
        return withAddress(path, { connect(descriptor, $0, $1) }) != 0 && errno == ECONNREFUSED
    }

    private static func setWait(of descriptor: Int32, seconds: Int) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    }

    private static func listen(at path: String) -> Int32? {
        guard let descriptor = open(waitingAtMost: questionSeconds) else { return nil }
        func take() -> Bool {
            withAddress(path, { bind(descriptor, $0, $1) }) == 0 && Glibc.listen(descriptor, 8) == 0
        }
        if take() { return descriptor }
        if errno == EADDRINUSE, isAbandoned(path) {
            unlink(path)
            if take() { return descriptor }
        }
        close(descriptor)
        return nil
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func isOwn(_ descriptor: Int32) -> Bool {
        // The structure `ucred`: process, user, group.
        var facts: (Int32, UInt32, UInt32) = (0, .max, .max)
        var size = socklen_t(MemoryLayout.size(ofValue: facts))
        return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &facts, &size) == 0 && facts.1 == geteuid()
    }

    private static func run(_ descriptor: Int32, _ wake: WakeUp, _ answer: (String) -> String) {
        while true {
            var polled = [descriptor, wake.descriptor].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&polled, 2, -1) > 0 else { continue }
            if polled[1].revents != 0 { return }
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { continue }
            setWait(of: connection, seconds: questionSeconds)
            if isOwn(connection), let question = line(from: connection) {
                _ = send(answer(question), to: connection)
            }
            close(connection)
        }
    }

    private static func send(_ text: String, to descriptor: Int32) -> Bool {
        let bytes = Array((text + "\n").utf8)
        return bytes.count <= maximumLineBytes
            && Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    private static func line(from descriptor: Int32) -> String? {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1_024)
        while bytes.count < maximumLineBytes {
            let count = recv(descriptor, &block, block.count, 0)
            guard count > 0 else { return nil }
            bytes += block[..<count]
            if bytes.last == UInt8(ascii: "\n") { return String(decoding: bytes.dropLast(), as: UTF8.self) }
        }
        return nil
    }
}
