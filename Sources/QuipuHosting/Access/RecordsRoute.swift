/// What a path under `/v1/archives/NAME/` refers to, apart from the exchange: the interface for records
/// (`Schema/records-http.md`). Ids, fields and names in it are texts of at most 1,024 bytes, and nothing more is known of
/// them.
package enum RecordsRoute: Sendable, Equatable {
    case records
    case record(String)
    case history(String)
    case comparison(String)
    case why(String, field: String)
    case restore(String)
    case revert(String)
    case attachments(of: String)
    case edits
    case annotations
    case annotation(String)
    case conflicts
    case conflict(String, field: String)
    case log
    case entry(String)
    case undo(String)
    case changes
    case status
    case tags
    case collections
    case importing
    case export
    case attachmentContent(String)
    case tickets
    case remotes
    case syncs
    case sync(String)

    private static let maximumTextBytes = 1_024

    /// Nil for an unknown path.
    ///
    /// - Parameter words: the segments behind the archive's name, as they were sent.
    init?(_ words: [String]) {
        let texts = words.dropFirst().map { PercentEncoding.decoded($0) }
        func text(_ place: Int) -> String? {
            guard place < texts.count, let text = texts[place], text.utf8.count <= Self.maximumTextBytes,
                !text.isEmpty, !text.utf8.contains(0)
            else { return nil }
            return text
        }
        switch words.count {
        case 1:
            guard let plain = Self.plain[words[0]] else { return nil }
            self = plain
        case 2:
            if words == ["annotations", ""] {
                self = .annotations
                return
            }
            guard let id = text(0) else { return nil }
            switch words[0] {
            case "records": self = .record(id)
            case "annotations": self = .annotation(id)
            case "log": self = .entry(id)
            case "syncs": self = .sync(id)
            default: return nil
            }
        case 3:
            guard let id = text(0) else { return nil }
            switch (words[0], words[2]) {
            case ("records", "history"): self = .history(id)
            case ("records", "comparison"): self = .comparison(id)
            case ("records", "restore"): self = .restore(id)
            case ("records", "revert"): self = .revert(id)
            case ("records", "attachments"): self = .attachments(of: id)
            case ("log", "undo"): self = .undo(id)
            case ("attachments", "content"): self = .attachmentContent(id)
            case ("conflicts", _):
                guard let field = text(1) else { return nil }
                self = .conflict(id, field: field)
            default: return nil
            }
        case 4:
            guard words[0] == "records", words[2] == "why", let id = text(0), let field = text(2) else {
                return nil
            }
            self = .why(id, field: field)
        default: return nil
        }
    }

    private static let plain: [String: RecordsRoute] = [
        "records": .records, "edits": .edits, "conflicts": .conflicts, "log": .log, "changes": .changes,
        "status": .status, "tags": .tags, "collections": .collections, "import": .importing,
        "export": .export, "tickets": .tickets, "remotes": .remotes, "syncs": .syncs,
    ]

    /// The allowed methods, as `Allow` lists them.
    var methods: [String] {
        switch self {
        case .records, .conflict, .annotations: ["GET", "HEAD", "POST"]
        case .record: ["GET", "HEAD", "PATCH", "DELETE"]
        case .annotation: ["GET", "HEAD", "PUT", "DELETE"]
        case .history, .comparison, .why, .conflicts, .log, .entry, .changes, .status, .tags, .collections,
            .export, .attachmentContent, .remotes, .sync:
            ["GET", "HEAD"]
        case .restore, .revert, .attachments, .edits, .undo, .importing, .tickets, .syncs: ["POST"]
        }
    }

    /// The role that a method requires.
    func minimumRole(for method: String) -> Role {
        switch self {
        // A ticket opens what its caller may read anyway.
        case .tickets: .reader
        default: method == "GET" || method == "HEAD" ? .reader : .writer
        }
    }

    /// Only somebody at this machine may ask it: it tells of other places, or connects to them.
    var isForOwnPage: Bool {
        switch self {
        case .remotes, .syncs, .sync: true
        default: false
        }
    }

    /// Whether a body is a file, and may be long.
    package var takesFile: Bool {
        switch self {
        case .importing, .attachments: true
        default: false
        }
    }

    /// The label in logs and metrics.
    var label: String {
        switch self {
        case .records: "records"
        case .record: "record"
        case .history: "history"
        case .comparison: "comparison"
        case .why: "why"
        case .restore: "restore"
        case .revert: "revert"
        case .attachments: "attachments"
        case .edits: "edits"
        case .annotations: "annotations"
        case .annotation: "annotation"
        case .conflicts: "conflicts"
        case .conflict: "conflict"
        case .log: "log"
        case .entry: "entry"
        case .undo: "undo"
        case .changes: "changes"
        case .status: "status"
        case .tags: "tags"
        case .collections: "collections"
        case .importing: "import"
        case .export: "export"
        case .attachmentContent: "attachment-content"
        case .tickets: "tickets"
        case .remotes: "remotes"
        case .syncs: "syncs"
        case .sync: "sync-state"
        }
    }
}
