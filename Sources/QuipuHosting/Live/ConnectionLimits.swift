internal import Glibc

/// How many connections a server takes, and how many of them may be watchers': what the system lets it open is shared
/// out, so that watchers never keep out those who exchange.
struct ConnectionLimits: Equatable {
    /// Connections that are no watchers'.
    private static let exchanges = 1024
    /// Files that are no connections: archives, each several.
    private static let otherFiles = 640

    let connections: Int
    let watchers: Int

    /// - Parameters:
    ///   - watchers: as many as are wanted.
    ///   - openFiles: as many as the process may have open.
    init(watchers: Int, openFiles: Int) {
        let room = max(128, openFiles - Self.otherFiles)
        connections = min(room, Self.exchanges + watchers)
        self.watchers = min(watchers, max(connections - Self.exchanges, connections / 2))
    }

    static func openFileLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_cur)
    }
}

/// The system's limit on open files, of which each connection is one.
package enum OpenFiles {
    /// Takes all that the system grants without being asked by root. Once, before threads start.
    package static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
            limit.rlim_cur < limit.rlim_max
        else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
