internal import QuipuCausality
internal import QuipuEmbeddedSchema
internal import QuipuSQLite
internal import QuipuThreads
internal import Synchronization

extension Store {
    /// Verifies the archive in a file whose content nobody changes, as `verify` does but for the content digest, with two
    /// threads that share the log between them.
    ///
    /// - Parameter connect: opens it.
    /// - Returns: what is wrong, in words.
    static func damage(
        in folder: ArchiveFolder, environment: Environment,
        connect: @escaping @Sendable () throws -> Connection
    ) throws -> [String] {
        let parts = LogParts()
        let open = { @Sendable () throws -> Store in
            try Store(
                over: connect(), in: folder, local: LocalState(emptyWith: Definitions.local),
                environment: environment)
        }
        let companion = Companion {
            let store = try open()
            return try store.reading {
                (fileDamage: try store.fileDamage(), findings: try store.checked(parts).findings)
            }
        }
        let own = Result {
            let store = try open()
            return (store, try store.reading { try store.checked(parts) })
        }
        // The other thread has the file open: it is waited for whatever was found here.
        let (fileDamage, findings) = try companion.join().get()
        var (store, pass) = try own.get()
        pass.join(findings)
        try store.reading { try pass.finish() }
        return fileDamage + pass.findings.damaged
    }

    private func checked(_ parts: LogParts) throws -> VerificationPass {
        var pass = try VerificationPass(self, countsContent: false)
        while let part = try parts.next(in: self) { try pass.checkLog(after: part.after, through: part.last) }
        return pass
    }
}

/// Hands out the log, some transactions at a time.
private final class LogParts: Sendable {
    private let end = Mutex<Int64>(0)

    func next(in store: Store) throws -> (after: Int64, last: Int64)? {
        try end.withLock { end in
            let last = try store.database.integer(
                "SELECT max(position) FROM (SELECT position FROM log WHERE position > ? ORDER BY position LIMIT 256)",
                .integer(end))
            guard let last else { return nil }
            defer { end = last }
            return (end, last)
        }
    }
}

/// Work on a thread of its own, or at once where the system gives none.
private final class Companion<Value: Sendable> {
    private final class Outcome: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }

    private let outcome = Outcome()
    private let thread: JoinableThread?

    init(_ work: @escaping @Sendable () throws -> Value) {
        let run = { @Sendable [outcome] in
            let result = Result { try work() }
            outcome.result.withLock { $0 = result }
        }
        thread = JoinableThread(run)
        if thread == nil { run() }
    }

    func join() -> Result<Value, any Error> {
        thread?.join()
        guard let result = outcome.result.withLock({ $0 }) else {
            preconditionFailure("the work was waited for")
        }
        return result
    }
}
