internal import Glibc
internal import QuipuSQLite

extension Store {
    /// Bytes that the archive's database takes, without pages that are free to be used again.
    public var sizeBytes: Int {
        get throws {
            do {
                let pages = try database.integer("PRAGMA page_count") ?? 0
                let free = try database.integer("PRAGMA freelist_count") ?? 0
                return Int((pages - free) * (try database.integer("PRAGMA page_size") ?? 0))
            } catch {
                throw StorageError(error)
            }
        }
    }

    /// The process that is writing the archive, in words; nil if there is none.
    public var writeLockHolder: String? { LockHolder.describe(databasePath: folder.storePath) }

    /// The name of this archive on this machine, for people.
    public var name: String { get throws { try local.replica().name } }

    /// A state of the archive: as long as it is equal nothing was committed, in this process or another.
    public struct Mark: Sendable, Equatable {
        fileprivate let commit: Connection.CommitMark
    }

    /// Nil if it is not known now, for instance during a commit.
    public func mark() -> Mark? { database.commitMark().map { Mark(commit: $0) } }

    /// Whether a name is one that archives and remotes may have, `[a-z0-9][a-z0-9_-]{0,63}`.
    public static func isValidName(_ name: String) -> Bool { ArchiveName.isValid(name) }

    /// Whether nothing can be written beside it, so that it is read as an unchanging file.
    var isOnUnwritablePlace: Bool { archive.isOnUnwritablePlace }

    /// True while a statement is in use.
    package var isBusy: Bool { database.isBusy }
}

extension Store {
    /// Runs `body` over the archive, and takes back all that it wrote: what somebody asks who wants to know what would
    /// happen. Nobody else sees any of it, and others wait for their turn to write as long as it lasts.
    ///
    /// - Parameter body: is given a store of its own, of a replica that does not exist.
    /// - Throws: `StorageError` where the archive cannot be written, and what `body` throws.
    public func rollingBack<Result>(_ body: (Store) throws -> Result) throws -> Result {
        do {
            let connection = try Connection(path: folder.storePath, options: .init(mode: .readWrite))
            let archive = try OpenArchive(
                over: connection, in: folder,
                local: Self.emptyLocalState(of: folder, environment: environment), environment: environment)
            var result: Result?
            do {
                try connection.transaction(.immediate) {
                    result = try body(Store(archive))
                    throw RolledBack()
                }
            } catch is RolledBack {}
            guard let result else { preconditionFailure("what ended in good order has a result") }
            return result
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }
}

private struct RolledBack: Error {}
