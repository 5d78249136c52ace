internal import Causality
internal import EmbeddedSchema
internal import Glibc
internal import SQLite

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
///
/// `@unchecked Sendable`: until `join` has waited for the thread, it alone touches `result`.
private final class Companion: @unchecked Sendable {
    private let work: @Sendable () throws -> [String]
    private var result: Result<[String], any Error>?
    private var thread: pthread_t?

    init(_ work: @escaping @Sendable () throws -> [String]) {
        self.work = work
        // Not retained: `join` is always called, so that this outlives the thread.
        let place = Unmanaged.passUnretained(self).toOpaque()
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { place in
                if let place { Unmanaged<Companion>.fromOpaque(place).takeUnretainedValue().run() }
                return nil
            }, place)
        if failure == 0 { self.thread = thread } else { run() }
    }

    private func run() { result = Result { try work() } }

    func join() -> Result<[String], any Error> {
        if let thread = thread.take() { pthread_join(thread, nil) }
        return result ?? .success([])
    }
}
