internal import QuipuPostgreSQL
internal import QuipuStorage

/// How often an exchange was tried, and what may be tried again. All of it is done anew each time: what was sent is
/// taken once, however often it comes.
struct DatabaseRetries {
    /// Others appended, or transactions got in each other's way.
    private static let maximumContentions = 16
    /// The connection was lost: the second is a fresh one, and what that cannot do has to wait.
    private static let maximumLosses = 2
    private static let maximumDiscards = 1

    private var contentions = 0
    private var losses = 0
    private var discards = 0
    /// The copy itself cannot be used: the next trial makes a new one.
    private(set) var mustDiscardCopy = false

    /// From the second time on, others are kept waiting.
    var hasContention: Bool { contentions >= 2 }

    /// - Throws: the error, where another trial would not help.
    mutating func note(_ error: any Error) throws {
        mustDiscardCopy = false
        switch error {
        case is DatabaseLog.MovedOn, is ArchiveCopy.Contradicted:
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
    /// It has waited long already: a lock that somebody holds for seconds counts as nobody answering.
    fileprivate var isWaitForOthers: Bool {
        isConnectionFailure || isOutcomeUnknown || code == .lockNotAvailable
    }
}

extension StorageError {
    /// Whether it says of the copy on this machine that it is of no use any more.
    fileprivate var isOfCopy: Bool {
        [.damaged, .notAnArchive, .noArchive, .newerArchive, .readOnly, .inputOutput, .internalFailure]
            .contains(code)
    }
}
