internal import QuipuCausality
internal import QuipuEmbeddedSchema
internal import QuipuSQLite
internal import QuipuThreads
internal import Synchronization

extension Integrity {
    /// Verifies the archive in an unchanging file, as `verify` does but for the content digest, with two
    /// threads that share the log between them.
    ///
    /// - Parameter connect: opens it.
    /// - Returns: what is wrong, in words.
    static func damage(
        in folder: ArchiveFolder, environment: Environment,
        connect: @escaping @Sendable () throws -> Connection
    ) throws -> [String] {
        let parts = LogParts()
        let open = { @Sendable () throws -> OpenArchive in
            try OpenArchive(
                over: connect(), in: folder, local: LocalState(emptyWith: Definitions.local),
                environment: environment)
        }
        let companion = Companion {
            let archive = try open()
            return try archive.reading {
                (
                    fileDamage: try archive.integrity.fileDamage(),
                    findings: try archive.integrity.checked(parts).findings
                )
            }
        }
        let own = Result {
            let archive = try open()
            return (archive, try archive.reading { try archive.integrity.checked(parts) })
        }
        // The other thread has the file open: it is waited for whatever was found here.
        let (fileDamage, findings) = try companion.join().get()
        var (archive, pass) = try own.get()
        pass.join(findings)
        try archive.reading { try pass.finish() }
        return fileDamage + pass.findings.damaged
    }

    private func checked(_ parts: LogParts) throws -> VerificationPass {
        var pass = try VerificationPass(archive, countsContent: false)
        while let part = try parts.next(in: archive) {
            try pass.checkLog(after: part.after, through: part.last)
        }
        return pass
    }
}

/// Hands out the log, some transactions at a time.
private final class LogParts: Sendable {
    private let end = Mutex<Int64>(0)

    func next(in archive: OpenArchive) throws -> (after: Int64, last: Int64)? {
        try end.withLock { end in
            let last = try archive.database.integer(
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
