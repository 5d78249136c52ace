internal import Causality
internal import EmbeddedSchema
internal import SQLite
internal import Synchronization
internal import Threads

extension Store {
    /// Verifies the archive in a file that nobody writes, as `verify` does but for the content digest, with two
    /// threads: one looks at the file and its chains, the other at what the records hold.
    ///
    /// - Returns: what is wrong, in words.
    static func damage(
        ofCopy path: String, in folder: ArchiveFolder, environment: Environment
    ) throws -> [String] {
        let open = { @Sendable () throws -> Store in
            let database = try Connection(path: path, options: .init(mode: .readWrite, isForeign: true))
            return try Store(
                over: database, in: folder, local: LocalState(emptyWith: Definitions.local),
                environment: environment)
        }
        let companion = Companion {
            try open().examined { store, report in
                try store.checkFile(&report)
                try store.checkChains(&report)
            }
        }
        let own = Result {
            try open().examined { store, report in
                try store.checkTexts(&report)
                try store.checkHeads(&report, countsContent: false)
                try store.checkDigest(report: &report)
            }
        }
        // The other thread has the file open: it is waited for whatever was found here.
        let others = companion.join()
        return try others.get() + own.get()
    }

    private func examined(_ body: (Store, inout VerificationReport) throws -> Void) throws -> [String] {
        try reading {
            var report = VerificationReport(digest: .init(), contentDigest: .init())
            try body(self, &report)
            return report.damaged
        }
    }
}

/// Work on a thread of its own, or at once where the system gives none.
private final class Companion {
    private final class Finding: Sendable {
        let result = Mutex(Result<[String], any Error>.success([]))
    }

    private let finding = Finding()
    private let thread: JoinableThread?

    init(_ work: @escaping @Sendable () throws -> [String]) {
        let run = { @Sendable [finding] in
            let result = Result { try work() }
            finding.result.withLock { $0 = result }
        }
        thread = JoinableThread(run)
        if thread == nil { run() }
    }

    func join() -> Result<[String], any Error> {
        thread?.join()
        return finding.result.withLock { $0 }
    }
}
