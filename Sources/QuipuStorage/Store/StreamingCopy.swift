internal import QuipuEmbeddedSchema
internal import QuipuSQLite
internal import QuipuThreads
internal import Synchronization

/// Checks an archive's copy while it is still being written, from its beginning to its end, so that little is left to do
/// when the last of it is there.
///
/// What it finds sound is sound. What it does not is looked at once more when all is there, for the reason.
public final class StreamingCopy: Sendable {
    private final class Outcome: Sendable { let isSound = Mutex(false) }

    public let path: String
    private let folder: ArchiveFolder
    private let file: StreamingVFS?
    private let outcome = Outcome()
    private let thread: JoinableThread?

    /// - Parameters:
    ///   - path: need not be there before the first of it is said to have arrived.
    ///   - folder: of the archive that is to be made of it.
    public init(_ path: String, in folder: ArchiveFolder, environment: Environment = .system) {
        (self.path, self.folder) = (path, folder)
        let file = try? StreamingVFS(path)
        self.file = file
        thread = file.flatMap { [outcome] file in
            JoinableThread {
                let isSound = try? Store.isSound(file, in: folder, environment: environment)
                outcome.isSound.withLock { $0 = isSound ?? false }
            }
        }
    }

    deinit { abandon() }

    /// So much of it is there now, and will not be changed.
    public func advance(to bytes: Int) { file?.advance(to: bytes) }

    /// What was there is not to count: nothing has it open any more.
    public func abandon() {
        file?.abandon()
        thread?.join()
    }

    /// All of it is there: waits until it is on the disk, and for the check.
    func isFoundSound() -> Bool {
        file?.finish()
        // Nobody loses by it if that fails: it is done again once it is an archive.
        _ = SyncedFolder.syncFile(path)
        thread?.join()
        return outcome.isSound.withLock { $0 }
    }
}

extension Store {
    fileprivate static func isSound(
        _ file: StreamingVFS, in folder: ArchiveFolder, environment: Environment
    ) throws -> Bool {
        try checkSchema(of: Connection(file), isForeign: true)
        return try Integrity.damage(in: folder, environment: environment) { try Connection(file) }.isEmpty
    }
}
