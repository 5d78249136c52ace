internal import CQuipuSQLite
internal import QuipuThreads
internal import Synchronization

/// Brings what was committed from the write-ahead log to its place in the database, on a thread of its own: of the time
/// that a long import or exchange takes, a quarter would go to waiting for that.
///
/// Used by the thread of one connection, which it does not outlive. A checkpoint that fails is made again after the next
/// commit; what was committed is on the disk either way.
final class Checkpointer {
    /// The number of pages in the log that starts a checkpoint.
    private let afterPages: Int
    /// With this number the connection waits for it: the log is reused from its beginning only when all of it is in
    /// its place, which never happens while writes continue.
    private let limitPages: Int
    private let path: String
    private let isForeign: Bool
    private let work = Work()
    private var thread: JoinableThread?

    /// What the thread is told.
    ///
    /// `@unchecked Sendable`: `monitor` guards what changes.
    private final class Work: @unchecked Sendable {
        enum Next { case checkpoint, truncate, end }

        let isUnderWay = Atomic(false)
        private let monitor = Monitor()
        private var commitCount = 0
        private var isDue = false
        private var isEnding = false

        func noteCommit(isDue: Bool) {
            monitor.change {
                commitCount += 1
                self.isDue = self.isDue || isDue
            }
        }

        func setEnding(_ isEnding: Bool) { monitor.change { self.isEnding = isEnding } }

        func next() -> Next {
            while true {
                let before = monitor.locked { commitCount }
                let deadline = Monitor.nowMilliseconds() + Checkpointer.quietMilliseconds
                let isQuiet = !monitor.wait(untilMilliseconds: deadline) {
                    isEnding || isDue || commitCount != before
                }
                let next: Next? = monitor.locked {
                    if isEnding { return .end }
                    defer { isDue = false }
                    return isDue ? .checkpoint : isQuiet ? .truncate : nil
                }
                if let next { return next }
            }
        }
    }

    /// After so long without a commit the log is truncated.
    private static let quietMilliseconds: UInt64 = 500

    init(path: String, isForeign: Bool, afterPages: Int, limitPages: Int) {
        self.path = path
        self.isForeign = isForeign
        self.afterPages = afterPages
        self.limitPages = limitPages
    }

    deinit { endWork() }

    private func endWork() {
        work.setEnding(true)
        thread?.join()
        work.setEnding(false)
    }

    /// - Parameter pages: in the log after a commit of `connection`.
    func noteCommit(of connection: OpaquePointer, pages: Int) {
        if pages >= limitPages {
            endWork()
            Self.checkpoint(connection)
            return
        }
        if work.isUnderWay.load(ordering: .acquiring) {
            work.noteCommit(isDue: pages >= afterPages)
        } else if pages >= afterPages {
            thread?.join()
            work.isUnderWay.store(true, ordering: .relaxed)
            thread = JoinableThread { [path, isForeign, work] in
                Self.run(work, path: path, isForeign: isForeign)
                work.isUnderWay.store(false, ordering: .releasing)
            }
            if thread == nil {
                work.isUnderWay.store(false, ordering: .relaxed)
                Self.checkpoint(connection)
            }
        }
    }

    private static func run(_ work: Work, path: String, isForeign: Bool) {
        guard let other = try? Connection(path: path, options: .init(mode: .readWrite, isForeign: isForeign)),
            // A connection finds out that there is a log when it first reads.
            (try? other.integer("PRAGMA user_version")) != nil
        else { return }
        while true {
            checkpoint(other.handle)
            switch work.next() {
            case .checkpoint: continue
            case .truncate: return truncate(other.handle)
            case .end: return
            }
        }
    }

    /// Checkpoints the rest and truncates the log; does nothing while there is a reader or a writer.
    private static func truncate(_ connection: OpaquePointer) {
        sqlite3_busy_timeout(connection, 0)
        sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    }

    /// As far as is possible without waiting for anybody.
    private static func checkpoint(_ connection: OpaquePointer) {
        sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }
}

extension Connection {
    /// From here on the write-ahead log is brought to its place by another thread, in the place of SQLite's own way, which
    /// does so at the end of some commit.
    ///
    /// - Parameters:
    ///   - afterBytes: in the log; less is left to the last connection's end.
    ///   - limitBytes: the size of the log at which a commit waits for a full checkpoint, if readers allow it.
    public func checkpointBesides(afterBytes: Int, limitBytes: Int) throws(SQLiteError) {
        let pageBytes = Int(try integer("PRAGMA page_size") ?? 4_096)
        let checkpointer = Checkpointer(
            path: path, isForeign: isForeign, afterPages: afterBytes / pageBytes,
            limitPages: limitBytes / pageBytes)
        self.checkpointer = checkpointer
        sqlite3_wal_hook(
            handle,
            { context, connection, _, pages in
                if let context, let connection {
                    Unmanaged<Checkpointer>.fromOpaque(context).takeUnretainedValue()
                        .noteCommit(of: connection, pages: Int(pages))
                }
                return SQLITE_OK
            }, Unmanaged.passUnretained(checkpointer).toOpaque())
    }
}
