internal import QuipuHTTPServer
internal import QuipuReplication
internal import QuipuStorage
internal import QuipuThreads
internal import Synchronization

/// Notices what other processes of this machine do to archives that are watched: whose laptop serves an archive edits
/// it with the command. One thread for all of them, which sleeps until the system tells it of a write.
final class FolderWatcher: Sendable {
    /// Archives that are kept open for looking; others are opened for each look.
    private static let maximumOpen = 256

    private struct State {
        var channels: [String: (folder: ArchiveFolder, channel: ArchiveChannel)] = [:]
        var isStopping = false
    }

    /// What the thread holds; it outlives the follower by a moment.
    private final class Core: Sendable {
        let state = Mutex(State())
        let wake: WakeUp

        init(wake: WakeUp) { self.wake = wake }
    }

    private let core: Core
    private let thread: JoinableThread

    /// Nil if the system gives no thread or no descriptors.
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
                // What cannot be read is looked at again later; its faults are told to those who exchange with it.
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
