internal import Causality
internal import Storage

struct StatusCommand: Command {
    static let declaration = CommandDeclaration(
        "status", abstract: "say what the archive holds and how it stands with its mirrors",
        example: "quipu status --json",
        discussion: """
            Two mirrors with the same digest hold the same; it can be read out over the phone. Nothing is \
            asked of the network: how far behind a mirror this one is, is as of the last sync. What is refused is
            malformed; it stops its author's later edits here, and nothing else.
            """,
        synonyms: ["info", "st"])

    init(_ values: ParsedArguments) {}

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(.readOnly)
        let status = try store.reading { try ArchiveStatus(store) }
        context.output.json(status.json)
        if !context.output.isJSON { status.print(to: context.output) }
        return .done
    }
}

/// What `status` says, read in one view of the archive.
struct ArchiveStatus {
    struct Mirror {
        let remote: Remote
        /// Transactions that it was not given yet.
        let ahead: Int
        /// Known only where there was a sync.
        var behind: Int? { remote.agreement == nil ? nil : 0 }
    }

    let id: ArchiveID
    let name: String
    let origin: Origin
    let path: String
    let records: [(kind: String, count: Int)]
    let conflicts: Int
    let digest: Digest
    let missingTexts: Int
    let missingNames: String?
    let purged: Int
    let files: BlobCounts
    let policy: BlobPolicy
    let policyText: String
    let refusals: [Refusal]
    let mirrors: [Mirror]

    init(_ store: Store) throws {
        id = store.id
        name = try store.name
        origin = try store.origin
        path = store.folder.workPath
        records = try store.recordCounts()
        conflicts = try store.openConflicts
        digest = try store.digest
        missingTexts = try store.missingTexts
        missingNames = try MissingTextNames.text(in: store)
        purged = try store.purgedRecords()
        files = try store.blobCounts()
        policy = try store.blobPolicy()
        policyText = try AttachmentPolicy.text(policy, in: store)
        refusals = try store.refusals()
        mirrors = try store.remotes().map {
            Mirror(remote: $0, ahead: try store.transactionsSince($0.agreement))
        }
    }

    var json: JSONText {
        [
            "archive": JSONText(id.hexadecimal), "name": JSONText(name),
            "replica": JSONText(origin.hexadecimal),
            "path": JSONText(path),
            "records": JSONText(members: records.map { ($0.kind, JSONText($0.count)) }),
            "conflicts": JSONText(conflicts), "digest": JSONText(Hexadecimal.text(digest.bytes)),
            "missingTexts": JSONText(missingTexts), "purged": JSONText(purged),
            "attachments": [
                "files": JSONText(files.needed), "missing": JSONText(files.missing),
                "missingBytes": JSONText(files.missingBytes), "fetched": policy.json,
            ],
            "refused": JSONText(refusals.map(\.json)),
            "remotes": JSONText(
                mirrors.map { mirror in
                    [
                        "name": JSONText(mirror.remote.name), "url": JSONText(mirror.remote.location),
                        "ahead": JSONText(mirror.ahead), "behind": mirror.behind.map { JSONText($0) } ?? nil,
                        "lastSync": mirror.remote.syncedAtMilliseconds.map { JSONText(timeMilliseconds: $0) }
                            ?? nil,
                    ]
                }),
        ]
    }

    func print(to output: Output) {
        let style = output.style
        func row(_ title: String, _ text: String) {
            output.line(style(title, .bold) + String(repeating: " ", count: 11 - title.count) + text)
        }
        row("archive", "\(name) in \(HarmlessText.line(path))")
        row("id", id.hexadecimal)
        row("replica", origin.hexadecimal)
        let counts = records.map { RecordText.count($0.count, $0.kind) }
        row("records", counts.isEmpty ? "none yet; quipu import FILE" : counts.joined(separator: ", "))
        row("conflicts", conflicts == 0 ? "none" : style("\(conflicts) open", .yellow) + "; quipu conflicts")
        row("digest", digest.description)
        if purged > 0 { row("purged", RecordText.count(purged, "record") + "; quipu list --deleted") }
        if let missingNames {
            row("missing", "\(RecordText.count(missingTexts, "text")) not here: \(missingNames); quipu sync")
        }
        if files.needed > 0 {
            let missing =
                files.missing == 0
                ? "all here"
                : style("\(files.missing) not here", .yellow)
                    + " (\(SizeText.of(bytes: Int(clamping: files.missingBytes))))"
            row("files", "\(files.needed) of attachments, \(missing); \(policyText)")
        }
        for refusal in refusals {
            row("refused", style("\(refusal.name)", .yellow) + ": \(HarmlessText.line(refusal.reason))")
        }
        guard !mirrors.isEmpty else {
            row("remotes", "none; quipu remote add origin URL-OR-PATH")
            return
        }
        output.line()
        var table = TextTable([
            .init(title: "REMOTE"), .init(title: "AHEAD", alignment: .right),
            .init(title: "BEHIND", alignment: .right),
            .init(title: "LAST SYNC (UTC)"), .init(title: "WHERE", canShrink: true),
        ])
        for mirror in mirrors {
            let last = mirror.remote.syncedAtMilliseconds.map { Timestamp.short(milliseconds: $0) }
            table.add([
                .init(mirror.remote.name, .cyan), .init("\(mirror.ahead)"),
                .init(mirror.behind.map { "\($0)" } ?? "?"),
                .init(last ?? "never"), .init(mirror.remote.location),
            ])
        }
        output.table(table)
        output.advise("behind is as of the last sync; ahead and behind count transactions")
    }
}
