internal import QuipuHTTPServer
internal import QuipuHosting

extension InterfaceRequest {
    private static let mostRecordsNamed = 20

    func listEntries() throws -> HTTPResponse {
        let parameters = try parameters("limit", "after", "record", "news")
        let part = try ListPart(parameters)
        let record = try parameters.text("record", maximumBytes: 1_024)
        let isNews = try parameters.flag("news")
        if isNews, record != nil { throw Self.badParameter("'news' and 'record' exclude each other") }
        return try archive.read { snapshot in
            var passed = 0
            var found: [LogEntry] = []
            // One more tells whether there are more.
            func visit(_ entry: LogEntry) -> Bool {
                passed += 1
                if passed > part.offset { found.append(entry) }
                return found.count <= part.limit
            }
            if isNews {
                let since = try snapshot.positionOfLastSync() ?? .beginning
                let entries = try snapshot.entriesOfOthers(
                    after: since, limit: part.offset + part.limit + 1)
                for entry in entries where !visit(entry) { break }
            } else if let record {
                try snapshot.visitEntries(changing: try snapshot.find(record).id, visit)
            } else {
                try snapshot.visitEntries(visit)
            }
            let next = found.count > part.limit ? "o\(part.offset + part.limit)" : nil
            let entries = try found.prefix(part.limit).map {
                JSONText(members: try Self.members(of: $0, in: snapshot))
            }
            return list("entries", entries, next: .some(next))
        }
    }

    private static func members(
        of entry: LogEntry, in snapshot: borrowing Snapshot
    ) throws -> [(String, JSONText)] {
        let role =
            switch entry.role {
            case .command: "command"
            case .undo: "undo"
            case .redo: "redo"
            }
        let records = try entry.records.prefix(mostRecordsNamed).map { id in
            JSONText(members: RecordForm.reference(id, caption: try snapshot.caption(of: id)))
        }
        return [
            ("version", JSONText(entry.version.description)), ("words", JSONText(entry.words)),
            ("role", JSONText(role)), ("undone", JSONText(entry.isUndone)),
            ("author", JSONText(entry.author)),
            ("byProgram", JSONText(entry.isByProgram)),
            ("timeMilliseconds", JSONText(entry.timeMilliseconds)),
            ("timeUncertain", JSONText(entry.isTimeUncertain)),
            ("transactionCount", JSONText(entry.transactionCount)),
            ("recordCount", JSONText(entry.recordCount)),
            ("position", JSONText(raw: Array(entry.position.description.utf8))),
            ("records", JSONText(records)),
        ]
    }

    private func version(_ text: String) throws -> Version {
        guard let version = Version(text) else {
            throw QuipuError(.unknownVersion, "'\(text.prefix(80))' names no entry of the log")
        }
        return version
    }

    func showEntry(_ text: String) throws -> HTTPResponse {
        _ = try parameters()
        return try archive.read { snapshot in
            let entry = try snapshot.entry(of: try version(text))
            let transactions = try snapshot.transactions(of: entry).prefix(200).map {
                transaction -> JSONText in
                let changes = transaction.changes.prefix(1_000).map { change -> JSONText in
                    [
                        "record": JSONText(change.record.description), "field": JSONText(change.field),
                        "merge": JSONText(change.isMerge),
                    ]
                }
                return [
                    "version": JSONText(transaction.version.description),
                    "author": JSONText(transaction.author),
                    "timeMilliseconds": JSONText(transaction.timeMilliseconds), "changes": JSONText(changes),
                ]
            }
            return Self.json(
                JSONText(
                    members: try Self.members(of: entry, in: snapshot) + [
                        ("transactions", JSONText(transactions))
                    ]))
        }
    }

    func undo(_ text: String) throws -> HTTPResponse {
        let isPreview = try parameters("preview").flag("preview")
        try requireEmptyBody()
        let entry = try archive.read { try $0.entry(of: try version(text)) }
        let report = try isPreview ? archive.previewUndo(of: entry) : archive.undo(entry)
        let undone = try report.version.map { version in
            try archive.read { try $0.entry(of: version).version.description }
        }
        return Self.json([
            "version": JSONText(report.version?.description), "entry": JSONText(undone),
            "changes": JSONText(
                report.changes.prefix(1_000).map { change -> JSONText in
                    [
                        "record": JSONText(change.record.description), "field": JSONText(change.field),
                        "effect": JSONText(Self.word(change.effect)),
                    ]
                }),
            "left": JSONText(report.left.prefix(1_000).map(Self.left)),
            "sharedWith": JSONText(
                report.sharedWith.map { other -> JSONText in
                    [
                        "version": JSONText(other.version.description), "author": JSONText(other.author),
                        "timeMilliseconds": JSONText(other.timeMilliseconds),
                    ]
                }),
        ])
    }

    private static func word(_ effect: UndoReport.Change.Effect) -> String {
        switch effect {
        case .deletedRecord: "deleted-record"
        case .restoredRecord: "restored-record"
        case .gaveBack: "gave-back"
        case .removedValue: "removed-value"
        case .reopenedConflict: "reopened-conflict"
        case .gaveWay: "gave-way"
        }
    }

    private static func left(_ left: UndoReport.Left) -> JSONText {
        var (author, time): (String?, Int64?) = (nil, nil)
        let reason: String
        switch left.reason {
        case .changed(let by, let at): (reason, author, time) = ("changed", by, at)
        case .recordInUse(let by, let at): (reason, author, time) = ("record-in-use", by, at)
        case .collectionInUse: reason = "collection-in-use"
        case .recordDeleted: reason = "record-deleted"
        case .textMissing: reason = "text-missing"
        case .purged: reason = "purged"
        }
        return [
            "record": JSONText(left.record.description), "field": JSONText(left.field),
            "reason": JSONText(reason), "author": JSONText(author), "timeMilliseconds": JSONText(ifAny: time),
        ]
    }

    func listChanges() throws -> HTTPResponse {
        let parameters = try parameters("since", "wait", "limit")
        let limit = Int(try parameters.integer("limit", in: 1...200) ?? 50)
        let wait = Int(try parameters.integer("wait", in: 0...60) ?? 0)
        let given = try parameters.integer("since", in: 0...9_007_199_254_740_991)
        let present = try archive.position()
        let since = given.map { Change.Position(rawValue: $0) } ?? present
        guard since <= present else {
            throw Problem(
                status: 410, word: "unknown-position",
                title: "The log ends at \(present), before the position \(since)",
                hint: "the archive was put back to an earlier state, or the position is another server's: "
                    + "read the records again, and ask from the 'position' of that answer")
        }
        try question.news.wait(milliseconds: wait * 1_000, caller: question.caller) {
            try archive.position() > since
        }
        let found = try archive.changes(behind: since, limit: limit + 1)
        let changes = found.prefix(limit)
        let end = changes.last?.position ?? since
        return list(
            "changes",
            changes.map { change -> JSONText in
                [
                    "position": JSONText(raw: Array(change.position.description.utf8)),
                    "version": JSONText(change.version.description), "author": JSONText(change.author),
                    "byProgram": JSONText(change.isByProgram),
                    "timeMilliseconds": JSONText(change.timeMilliseconds),
                    "records": JSONText(change.records.prefix(100).map(\.description)),
                ]
            }, position: end, facts: [("more", JSONText(found.count > limit))])
    }
}
