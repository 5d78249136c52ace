internal import QuipuCausality
internal import QuipuPostgreSQL
internal import QuipuReplication
internal import QuipuStorage

extension Problem {
    /// Converts an error of the database for callers. Nothing is lost, as nothing was acknowledged. Errors that only
    /// the operator can fix stay as they are, and are reported.
    static func presenting(_ error: any Error) -> any Error {
        switch error {
        case let error as PostgreSQLError where error.isConnectionFailure || error.isOutcomeUnknown:
            Problem(
                status: 503, word: ReplicationError.Code.busy.rawValue,
                title: "The server's database cannot be reached"
                    + (error.message.contains("FATAL:") ? ": \(error.words)" : ""),
                hint: "nothing is lost; try again in a moment")
        case let error as PostgreSQLError where error.isRefusal && error.code != .diskFull:
            databaseRefused(error)
        case let error as PostgreSQLError where error.isContention: Problem.busyArchive
        case is ConcurrentAppendError, is DivergedCopyError: Problem.busyArchive
        case let error as PostgreSQLError where error.code == .diskFull:
            StorageError(.diskFull, "the database's disk is full: \(error)", hint: "make room there")
        case let damage as LogDamage:
            StorageError(
                .damaged, "the log in the database is damaged: \(damage.reason)",
                hint:
                    "restore the database from a backup; what it then lacks comes back from mirrors and caches"
            )
        case let damage as BlobDamage:
            StorageError(
                .damaged,
                "part \(damage.part) of the content \(damage.hash.hexadecimal) is not in the database",
                hint:
                    "restore the database from a backup; or remove the content's rows, and verify it from a mirror"
            )
        default: error
        }
    }

    /// The error lasts until the operator intervenes, so clients need not retry soon.
    private static func databaseRefused(_ error: PostgreSQLError) -> Problem {
        var problem = Problem(
            status: 503, word: ReplicationError.Code.databaseRefused.rawValue,
            title: "The server's database refuses: \(error.words)",
            hint: "nothing is lost; the server's operator can fix it" + (error.remedy.map { ": \($0)" } ?? "")
        )
        problem.headers = [("Retry-After", "300")]
        return problem
    }

    private static let busyArchive = Problem(
        status: 503, word: ReplicationError.Code.busy.rawValue, title: "The archive is busy",
        hint: "try again in a moment")
}
