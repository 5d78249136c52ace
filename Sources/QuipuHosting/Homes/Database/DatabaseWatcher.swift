internal import QuipuHTTPServer
internal import QuipuPostgreSQL
internal import QuipuReplication
internal import QuipuStorage
internal import QuipuThreads
internal import Synchronization

/// Notices when the log of an archive that somebody here watches grows through another process, and lets the others
/// know when one grows through this.
///
/// A thread and a connection of its own. The database's notifications hurry it along; polling finds what they missed,
/// and does all where there are none (CockroachDB).
final class DatabaseWatcher: Sendable {
    fileprivate static let channel = "quipu"

    /// How often the logs are looked at: where notifications arrive too, and where they do not.
    fileprivate static let slowPollMilliseconds = 5_000
    fileprivate static let fastPollMilliseconds = 250
    /// Before a lost connection is made anew.
    fileprivate static let pauseMilliseconds: Int64 = 1_000

    fileprivate struct State {
        var channels: [String: ArchiveChannel] = [:]
        /// How many events and texts each log had when it was looked at last, which only grow in number, and its mark.
        var seen: [String: (size: Int64, mark: ArchiveMark)] = [:]
        /// Logs that may have grown: all that are watched, where nobody knows.
        var suspects: Set<String> = []
        var isPollDue = true
        /// What the others are still to be told.
        var outbox: Set<String> = []
        var isStopping = false
    }

    /// What the thread holds.
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

    /// Nil if the system gives no thread or no descriptors.
    /// - Parameter mark: what an archive of this process holds once it has caught up; nil for one nobody asked for.
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

    /// This process has added to a log.
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
                // Requests tell of a database that is away; here it is enough to come back.
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

    /// Looks how large logs are that are watched, and announces those that have grown.
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
            // What cannot be read is told to those who exchange with it, and looked at again.
            guard let channel, seen?.size != size, let mark = try? mark(name) else { continue }
            // A text that was missing changes no mark.
            channel.announce(mark, repeating: mark == seen?.mark)
            state.withLock { if $0.channels[name] != nil { $0.seen[name] = (size, mark) } }
        }
    }
}
