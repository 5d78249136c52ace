internal import QuipuPostgreSQL
internal import QuipuStorage

/// Counts the attempts at an exchange, and decides which errors to retry. An attempt repeats everything: a message
/// that arrives twice is applied once.
struct DatabaseRetries {
    /// Others appended, or database transactions conflicted.
    private static let maximumContentions = 16
    /// The connection was lost: the second attempt has a new one; if that fails too, the client must retry.
    private static let maximumLosses = 2
    private static let maximumDiscards = 1

    private var contentions = 0
    private var losses = 0
    private var discards = 0
    /// The local copy cannot be used: the next attempt creates a new one.
    private(set) var mustDiscardCopy = false

    /// From the second conflict on, the log is locked.
    var hasContention: Bool { contentions >= 2 }

    /// - Throws: the error, if another attempt would not help.
    mutating func note(_ error: any Error) throws {
        mustDiscardCopy = false
        switch error {
        case is ConcurrentAppendError, is DivergedCopyError:
            try count(\.contentions, Self.maximumContentions, error)
        case let error as PostgreSQLError where error.isWaitForOthers:
            try count(\.losses, Self.maximumLosses, error)
        case let error as PostgreSQLError where error.isContention:
            try count(\.contentions, Self.maximumContentions, error)
        case let error as StorageError where error.isOfCopy:
            try count(\.discards, Self.maximumDiscards, error)
            mustDiscardCopy = true
        default: throw error
        }
    }

    private mutating func count(
        _ counter: WritableKeyPath<DatabaseRetries, Int>, _ maximum: Int, _ error: any Error
    )
        throws
    {
        self[keyPath: counter] += 1
        if self[keyPath: counter] > maximum { throw error }
    }
}

extension PostgreSQLError {
    /// The request has waited long already: a lock that is held for seconds counts as an unreachable database.
    fileprivate var isWaitForOthers: Bool {
        isConnectionFailure || isOutcomeUnknown || code == .lockNotAvailable
    }
}

extension StorageError {
    /// Whether the error means that the local copy is unusable.
    fileprivate var isOfCopy: Bool {
        [.damaged, .notAnArchive, .noArchive, .newerArchive, .readOnly, .inputOutput, .internalFailure]
            .contains(code)
    }
}
