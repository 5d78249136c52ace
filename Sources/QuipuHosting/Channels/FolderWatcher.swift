internal import QuipuHTTPServer
internal import QuipuReplication
internal import QuipuStorage
internal import QuipuThreads
internal import Synchronization

/// Notices changes that other processes of this machine make to watched archives: the owner of the serving laptop
/// edits them with the command. One thread for all archives; it sleeps until the kernel reports a write.
final class FolderWatcher: Sendable {
    /// Archives that are kept open; others are opened for each look.
    private static let maximumOpen = 256

    private struct State {
        var channels: [String: (folder: ArchiveFolder, channel: ArchiveChannel)] = [:]
        var isStopping = false
    }

    /// The state that the thread shares; it outlives the watcher briefly.
    private final class Core: Sendable {
        let state = Mutex(State())
        let wake: WakeUp

        init(wake: WakeUp) { self.wake = wake }
    }

    private let core: Core
    private let thread: JoinableThread

    /// Nil if the system has no threads or descriptors left.
    init?() {
        guard let wake = WakeUp() else { return nil }
        let core = Core(wake: wake)
        guard let thread = JoinableThread({ Self.run(core) }) else { return nil }
        (self.core, self.thread) = (core, thread)
    }

    deinit {
        core.state.withLock { $0.isStopping = true }
        core.wake.give()
        thread.join()
    }

    func follow(_ name: String, in folder: ArchiveFolder, into channel: ArchiveChannel) {
        core.state.withLock { $0.channels[name] = (folder, channel) }
        core.wake.give()
    }

    func unfollow(_ name: String) {
        core.state.withLock { $0.channels[name] = nil }
        core.wake.give()
    }

    private static func run(_ core: Core) {
        let notices = FolderNotices()
        var followed: [String: (channel: ArchiveChannel, lookout: ArchiveLookout)] = [:]
        while true {
            let channels = core.state.withLock { $0.isStopping ? nil : $0.channels }
            guard let channels else { return }
            for (name, entry) in followed where channels[name]?.channel !== entry.channel {
                entry.lookout.stop()
                followed[name] = nil
            }
            for (name, entry) in channels where followed[name] == nil {
                let lookout = ArchiveLookout(at: entry.folder, notices: notices, now: now())
                followed[name] = (entry.channel, lookout)
            }
            for entry in followed.values where entry.lookout.due <= now() {
                // An archive that cannot be read is looked at again later; exchanges report its errors.
                try? entry.lookout.look(at: now(), keepsOpen: followed.count <= maximumOpen) { store in
                    entry.channel.announce(try ArchiveMark(of: store))
                }
            }
            let due = followed.values.map(\.lookout.due).min()
            WakeUp.wait(
                for: [core.wake.descriptor, notices?.descriptor ?? -1], milliseconds: due.map { $0 - now() })
            core.wake.take()
            let noticed = notices.map { $0.take() } ?? []
            for entry in followed.values { entry.lookout.noticed(noticed, at: now()) }
        }
    }

    private static func now() -> Int64 { Int64(Monitor.nowMilliseconds()) }
}
