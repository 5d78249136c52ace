internal import Glibc

/// The limits on connections and on watchers. The system's limit on open files is divided, so that watchers never
/// block exchanges.
struct ConnectionLimits: Equatable {
    /// Connections reserved for other requests.
    private static let exchanges = 1024
    /// Files other than connections: archives, several each.
    private static let otherFiles = 640

    let connections: Int
    let watchers: Int

    /// - Parameters:
    ///   - watchers: the requested limit.
    ///   - openFiles: the process's limit on open files.
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
    /// Raises the soft limit to the hard limit. Call it once, before threads start.
    package static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
            limit.rlim_cur < limit.rlim_max
        else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
