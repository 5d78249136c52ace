internal import QuipuHTTPServer
internal import QuipuPostgreSQL
internal import QuipuReplication
internal import QuipuStorage
internal import QuipuThreads
internal import Synchronization

/// Notices when another process appends to the log of a watched archive, and notifies the others when this process
/// appends.
///
/// It has its own thread and connection. Notifications of the database make it look at once; polling finds what they
/// missed, and does everything where there are none (CockroachDB).
final class DatabaseWatcher: Sendable {
    fileprivate static let channel = "quipu"

    /// The polling interval with notifications, and without.
    fileprivate static let slowPollMilliseconds = 5_000
    fileprivate static let fastPollMilliseconds = 250
    /// The pause before it reconnects.
    fileprivate static let pauseMilliseconds: Int64 = 1_000

    fileprivate struct State {
        var channels: [String: ArchiveChannel] = [:]
        /// The number of events and texts of each log at the last look, which only grows, and its mark.
        var seen: [String: (size: Int64, mark: ArchiveMark)] = [:]
        /// Logs that may have grown; all watched ones if that is unknown.
        var suspects: Set<String> = []
        var isPollDue = true
        /// Archives that the other processes must still be notified of.
        var outbox: Set<String> = []
        var isStopping = false
    }

    /// The state that the thread shares.
    fileprivate final class Core: Sendable {
        let state = Mutex(State())
        let wake: WakeUp
        let pool: DatabasePool
        let mark: @Sendable (String) throws -> ArchiveMark?

        init(wake: WakeUp, pool: DatabasePool, mark: @escaping @Sendable (String) throws -> ArchiveMark?) {
            (self.wake, self.pool, self.mark) = (wake, pool, mark)
        }
    }

    private let core: Core
    private let thread: JoinableThread

    /// Nil if the system has no threads or descriptors left.
    /// - Parameter mark: returns the mark of an archive after it has caught up; nil if it was never requested.
    init?(over pool: DatabasePool, mark: @escaping @Sendable (String) throws -> ArchiveMark?) {
        guard let wake = WakeUp() else { return nil }
        let core = Core(wake: wake, pool: pool, mark: mark)
        guard let thread = JoinableThread({ core.run() }) else { return nil }
        (self.core, self.thread) = (core, thread)
    }

    func follow(_ archive: String, into channel: ArchiveChannel) {
        core.state.withLock { state in
            state.channels[archive] = channel
            state.isPollDue = true
        }
        core.wake.give()
    }

    func unfollow(_ archive: String) {
        core.state.withLock { state in
            state.channels[archive] = nil
            state.seen[archive] = nil
        }
    }

    /// Notes that this process has appended to a log.
    func announce(_ archive: String) {
        core.state.withLock { _ = $0.outbox.insert(archive) }
        core.wake.give()
    }

    /// Returns once the thread has ended.
    func stop() {
        core.state.withLock { $0.isStopping = true }
        core.wake.give()
        thread.join()
    }
}

extension DatabaseWatcher.Core {
    private var isStopping: Bool { state.withLock { $0.isStopping } }

    fileprivate func run() {
        while !isStopping {
            do {
                try follow(over: try pool.newConnection())
            } catch {
                // Requests report an unreachable database; here a retry is enough.
                state.withLock { $0.isPollDue = true }
                WakeUp.wait(for: [wake.descriptor], milliseconds: DatabaseWatcher.pauseMilliseconds)
                wake.take()
            }
        }
    }

    private func follow(over connection: Connection) throws {
        let isListening = (try? connection.run("LISTEN quipu")) != nil
        let pause =
            isListening ? DatabaseWatcher.slowPollMilliseconds : DatabaseWatcher.fastPollMilliseconds
        var nextPoll = ContinuousClock.now
        while !isStopping {
            if isListening { try tellOthers(over: connection) }
            try look(over: connection, isPollDue: nextPoll <= .now)
            if nextPoll <= .now { nextPoll = .now + .milliseconds(pause) }
            let found = try connection.notifications(timeoutMilliseconds: pause, wake: wake.descriptor)
            wake.take()
            state.withLock { $0.suspects.formUnion(found.map(\.payload)) }
        }
    }

    private func tellOthers(over connection: Connection) throws {
        let archives = state.withLock { state in
            defer { state.outbox = [] }
            return state.outbox.sorted()
        }
        for archive in archives {
            try connection.run(
                "SELECT pg_notify($1, $2)", .text(DatabaseWatcher.channel), .text(archive))
        }
    }

    /// Reads the sizes of watched logs, and announces those that have grown.
    private func look(over connection: Connection, isPollDue: Bool) throws {
        let names = state.withLock { state in
            defer { (state.suspects, state.isPollDue) = ([], false) }
            let isPollDue = isPollDue || state.isPollDue
            return state.channels.keys.filter { isPollDue || state.suspects.contains($0) }.sorted()
        }
        if names.isEmpty { return }
        let rows = try connection.run(
            "SELECT name, position + branches + texts FROM quipu.archive WHERE name = ANY ($1)",
            .listOfTexts(names))
        for row in 0..<rows.count {
            let (name, size) = (rows.text(row, 0), try rows.integer(row, 1))
            let (channel, seen) = state.withLock { ($0.channels[name], $0.seen[name]) }
            // Errors are reported by exchanges; here the log is looked at again.
            guard let channel, seen?.size != size, let mark = try? mark(name) else { continue }
            // A missing text that arrives does not change the mark.
            channel.announce(mark, repeating: mark == seen?.mark)
            state.withLock { if $0.channels[name] != nil { $0.seen[name] = (size, mark) } }
        }
    }
}
