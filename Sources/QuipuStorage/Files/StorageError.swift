internal import Glibc
internal import QuipuCausality
internal import QuipuSQLite

extension StorageError {
    static func damaged(_ path: String, _ what: String) -> StorageError {
        StorageError(
            .damaged, "the archive is damaged: \(path): \(what)",
            hint: "keep a copy of the folder, then clone another mirror or a backup")
    }
}

/// An error of the store: what happened, to what, and what to do next. Nothing was written.
public struct StorageError: Error, Sendable, CustomStringConvertible {
    /// A stable word that programs can rely on.
    public struct Code: Sendable, Hashable, RawRepresentable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        public static let noArchive = Code(rawValue: "no-archive")
        public static let archiveExists = Code(rawValue: "archive-exists")
        public static let newerArchive = Code(rawValue: "newer-archive")
        public static let olderArchive = Code(rawValue: "older-archive")
        public static let notAnArchive = Code(rawValue: "not-an-archive")
        public static let damaged = Code(rawValue: "damaged")
        public static let diskFull = Code(rawValue: "disk-full")
        public static let readOnly = Code(rawValue: "read-only")
        public static let busy = Code(rawValue: "busy")
        /// The file system lacks what an archive needs: locks, shared memory, room for a path or a file of that size.
        public static let unsuitablePlace = Code(rawValue: "unsuitable-place")
        public static let inputOutput = Code(rawValue: "input-output")
        public static let unknownRecord = Code(rawValue: "unknown-record")
        public static let ambiguousHandle = Code(rawValue: "ambiguous-handle")
        public static let unknownField = Code(rawValue: "unknown-field")
        public static let unknownKind = Code(rawValue: "unknown-kind")
        public static let wrongType = Code(rawValue: "wrong-type")
        public static let missingField = Code(rawValue: "missing-field")
        public static let tooLarge = Code(rawValue: "too-large")
        public static let deleted = Code(rawValue: "deleted")
        public static let notDeleted = Code(rawValue: "not-deleted")
        public static let inConflict = Code(rawValue: "in-conflict")
        public static let purged = Code(rawValue: "purged")
        public static let notInConflict = Code(rawValue: "not-in-conflict")
        /// It is merged into no other record.
        public static let notMerged = Code(rawValue: "not-merged")
        /// The values that its sources gave cannot be told apart.
        public static let notSplittable = Code(rawValue: "not-splittable")
        public static let notMergeable = Code(rawValue: "not-mergeable")
        public static let unknownVersion = Code(rawValue: "unknown-version")
        public static let unknownRemote = Code(rawValue: "unknown-remote")
        public static let remoteExists = Code(rawValue: "remote-exists")
        public static let badName = Code(rawValue: "bad-name")
        public static let noSuchFile = Code(rawValue: "no-such-file")
        /// A file that is to be read cannot be.
        public static let unreadable = Code(rawValue: "unreadable")
        public static let fileExists = Code(rawValue: "file-exists")
        public static let textMissing = Code(rawValue: "text-missing")
        public static let tooManyBranches = Code(rawValue: "too-many-branches")
        /// A text from a peer is not the one that it was sent as.
        public static let unsoundText = Code(rawValue: "unsound-text")
        public static let internalFailure = Code(rawValue: "internal")
    }

    public let code: Code
    public let message: String
    /// In words that are true of any program.
    public let hint: String?
    /// What would help, for a program to say in its own words.
    public let remedy: Remedy?

    public init(_ code: Code, _ message: String, hint: String? = nil, remedy: Remedy? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.remedy = remedy
    }

    public var description: String { hint.map { "\(message) (\($0))" } ?? message }
}

extension StorageError {
    /// An error as people should see it: SQLite's own in the words of the archive, others as they are.
    public static func presentable(_ error: any Error) -> any Error {
        if let error = error as? SQLiteError { StorageError(error) } else { error }
    }

    /// SQLite's refusal in the words of the people who keep an archive.
    init(_ error: SQLiteError) {
        let path = error.path
        switch error.code.primary {
        case .busy where FileSystemAbilities.lacksLocks(ArchiveFolder.folder(of: path)):
            self = .withoutLocks(path)
        case .busy, .locked:
            let holder = LockHolder.describe(databasePath: path)
            self.init(
                .busy, "the archive is being written by \(holder ?? "another process"): \(path)",
                hint: "nothing was written; try again when it has finished")
        case .full: self = .diskFull(path)
        case .readOnly:
            self.init(
                .readOnly, "the archive cannot be written: \(path)",
                hint: "check the permissions of its folder, or copy it to a writable place")
        case .notADatabase:
            self.init(
                .notAnArchive, "this file is not a Quipu archive: \(path)",
                hint: "if it was one, it is damaged: keep a copy of the folder, then use a clone or a backup"
            )
        case .corrupt:
            self.init(
                .damaged, "the archive is damaged: \(path): \(error.message)",
                hint: "keep a copy of the folder, then clone another mirror or a backup")
        case .cannotOpen where ArchiveFolder.absolute(path).utf8.count > Self.longestPathBytes:
            self.init(
                .unsuitablePlace,
                "the path is too long: \(ArchiveFolder.absolute(path).utf8.count) bytes, and a database's may have "
                    + "\(Self.longestPathBytes): \(path)",
                hint: "choose a folder with a shorter path")
        case .cannotOpen:
            self.init(
                .readOnly, "the archive cannot be opened: \(path)", hint: "check that you may read the folder"
            )
        case .ioError where SQLiteError.Code.sharedMemory.contains(error.code):
            self = error.systemError == ENOSPC ? .diskFull(path) : .withoutSharedMemory(path)
        case .ioError where error.systemError == EFBIG:
            self = .fileTooLarge(path)
        case .ioError:
            self.init(
                .inputOutput, "reading or writing failed: \(path): \(error.message)", hint: "check the disk")
        default:
            self.init(.internalFailure, "the store failed: \(error)", hint: nil)
        }
    }

    /// What SQLite opens (`mxPathname` of its file system, less the longest name of a file beside it).
    static let longestPathBytes = 504

    private static func diskFull(_ path: String) -> StorageError {
        StorageError(
            .diskFull, "the disk is full: \(path)", hint: "nothing was written; make room and try again")
    }

    static func fileTooLarge(_ path: String) -> StorageError {
        StorageError(
            .unsuitablePlace,
            "the file may not become larger there: \(path)",
            hint:
                "the file system, or a limit of this process (ulimit -f), takes no larger file; FAT takes 4 GB: "
                + "choose another disk")
    }
}
