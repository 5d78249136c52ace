import CQuipuSQLite
import Foundation
import Synchronization

/// What SQLite does for the archives in one folder: statements, steps of its machine, and pages that are read and written.
///
/// Counts grow with what is done and not with how busy the machine is, so they can be held against limits. Connections are
/// counted from where they are opened, no matter what opens them: those of commands and servers in this process too.
public final class StatementMeter: Sendable {
    public struct Tally: Sendable, Equatable, CustomStringConvertible {
        public var statements = 0
        public var steps = 0
        public var pages = 0

        public var description: String { "\(statements) statements, \(steps) steps, \(pages) pages" }
    }

    private final class Counter: Sendable {
        let tally = Mutex(Tally())
    }

    /// By the folders that are watched. Other tests of this process open connections at the same time, and are not traced.
    private static let watched = Mutex([String: Counter]())

    private let folder: String
    private let counter = Counter()

    public init(over folder: TemporaryFolder) {
        _ = Self.isInstalled
        self.folder = URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path + "/"
        Self.watched.withLock { $0[self.folder] = counter }
    }

    deinit { Self.watched.withLock { _ = $0.removeValue(forKey: folder) } }

    /// All so far.
    public var tally: Tally { counter.tally.withLock { $0 } }

    /// What `body` causes.
    public func count(_ body: () throws -> Void) rethrows -> Tally {
        let before = tally
        try body()
        let after = tally
        return Tally(
            statements: after.statements - before.statements, steps: after.steps - before.steps,
            pages: after.pages - before.pages)
    }

    // MARK: Tracing

    /// SQLite calls this for each connection that is opened (sqlite.org/c3ref/auto_extension.html).
    private typealias Extension =
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, OpaquePointer?
        ) -> Int32

    private static let isInstalled: Bool = {
        let attach: Extension = { database, _, _ in
            StatementMeter.attach(to: database)
            return SQLITE_OK
        }
        return sqlite3_auto_extension(unsafeBitCast(attach, to: (@convention(c) () -> Void).self))
            == SQLITE_OK
    }()

    private static func attach(to database: OpaquePointer?) {
        guard let name = sqlite3_db_filename(database, "main") else { return }
        let path = String(cString: name)
        let counter = watched.withLock { watched in watched.first { path.hasPrefix($0.key) }?.value }
        guard let counter else { return }
        let events = UInt32(SQLITE_TRACE_PROFILE | SQLITE_TRACE_CLOSE)
        sqlite3_trace_v2(
            database, events,
            { event, context, subject, _ in
                guard let context else { return 0 }
                let counter = Unmanaged<Counter>.fromOpaque(context)
                if event == UInt32(SQLITE_TRACE_CLOSE) {
                    counter.release()
                } else if let subject {
                    StatementMeter.note(OpaquePointer(subject), in: counter.takeUnretainedValue())
                }
                return 0
            }, Unmanaged.passRetained(counter).toOpaque())
    }

    private static func note(_ statement: OpaquePointer, in counter: Counter) {
        let steps = Int(sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1))
        let database = sqlite3_db_handle(statement)
        let pages = [SQLITE_DBSTATUS_CACHE_MISS, SQLITE_DBSTATUS_CACHE_WRITE].reduce(0) { sum, kind in
            var (count, highest): (Int32, Int32) = (0, 0)
            sqlite3_db_status(database, kind, &count, &highest, 1)
            return sum + Int(count)
        }
        counter.tally.withLock {
            $0.statements += 1
            $0.steps += steps
            $0.pages += pages
        }
    }
}
