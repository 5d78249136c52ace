internal import QuipuHosting

extension Problem {
    /// What callers of the interface for records are told of an error.
    init(ofRecords error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let changed as ChangedMeanwhile: self = changed.problem
        case let error as QuipuError: self.init(error)
        case let obstacle as ResolutionObstacle: self.init(obstacle)
        default: self.init(error as any Error)
        }
    }

    private init(_ error: QuipuError) {
        guard let status = Self.status(of: error.code) ?? (error.origin == .file ? 422 : nil) else {
            // What is wrong here is the operator's business.
            self.init(
                status: error.isPassing ? 503 : 500, word: error.isPassing ? error.code.rawValue : "internal",
                title: error.isPassing ? "The archive is busy" : "The server failed",
                hint: error.isPassing
                    ? "nothing was written; try again in a moment"
                    : "nothing is lost here; the server's own output says more")
            return
        }
        self.init(status: status, word: error.code.rawValue, title: error.message, hint: error.hint)
    }

    private static func status(of code: QuipuError.Code) -> Int? {
        switch code {
        case .unknownRecord, .unknownVersion, .unknownRemote: 404
        case .ambiguousHandle, .deleted, .notDeleted, .inConflict, .notInConflict, .purged, .textMissing,
            .nothingToExport, .fileExists:
            409
        case .changedMeanwhile: 412
        case .tooLarge: 413
        case .unknownKind, .unknownField, .wrongType, .missingField, .badQuery, .badName, .quoteNotFound,
            .quoteAmbiguous, .notMergeable, .badOption:
            422
        case .diskFull: 507
        default: nil
        }
    }

    private init(_ obstacle: ResolutionObstacle) {
        let reason: String =
            switch obstacle {
            case .noSuchValue(let count): "there are \(count) other values"
            case .notJoinable: "the field holds one value, so two values cannot be joined"
            case .notMergeable(let obstacle): "the texts cannot be merged: \(obstacle.reason)"
            case .textMissing(let version): "the text of \(version) is not on this mirror"
            }
        self.init(
            status: 422, word: "not-mergeable", title: "The conflict cannot be settled so: \(reason)",
            hint: "nothing was written; choose a value, or write one")
    }
}

/// What was to be changed is not as its author has seen it.
struct ChangedMeanwhile: Error {
    let message: String
    /// As it is now; nil if it is no more.
    let present: JSONText?
    let tag: String?

    var problem: Problem {
        var problem = Problem(
            status: 412, word: QuipuError.Code.changedMeanwhile.rawValue, title: message,
            hint: "nothing was written; look at 'present', and decide again")
        problem.present = (present ?? nil).bytes
        if let tag { problem.headers = [("ETag", "\"\(tag)\"")] }
        return problem
    }
}
