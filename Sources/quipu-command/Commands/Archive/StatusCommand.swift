internal import QuipuCausality
internal import QuipuReplicationHTTP
internal import QuipuStorage

struct StatusCommand: Command {
    static let declaration = CommandDeclaration(
        "status", abstract: "say what the archive holds and how it stands with its mirrors",
        options: [.flag("who", "how much each replica has written, most first")],
        example: "quipu status --json",
        discussion: """
            Two mirrors with the same digest hold the same; it can be read out over the phone. Nothing is \
            asked of the network: how far behind a mirror this one is, is as of the last sync. What is refused is
            malformed; it stops its author's later edits here, and nothing else.
            """,
        synonyms: ["info", "st"])

    let listsOrigins: Bool

    init(_ values: ParsedArguments) { listsOrigins = values.flag("who") }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(.readOnly)
        if listsOrigins {
            printOrigins(try store.reading { try store.log.sharesByOrigin() }, to: context.output)
            return .done
        }
        let status = try store.reading { try ArchiveStatus(store) }
        context.output.json(status.json)
        if !context.output.isJSON { status.print(to: context.output) }
        return .done
    }

    private func printOrigins(_ shares: [OriginShare], to output: Output) {
        var table = TextTable([
            .init(title: "REPLICA"), .init(title: "AUTHOR", canShrink: true),
            .init(title: "CHANGES", alignment: .right), .init(title: "BYTES", alignment: .right),
        ])
        for share in shares {
            output.json([
                "replica": JSONText(share.origin.hexadecimal), "author": JSONText(share.author),
                "changes": JSONText(share.transactions), "bytes": JSONText(share.bytes),
            ])
            table.add([
                .init(share.origin.hexadecimal, .cyan), .init(TerminalSanitizer.line(share.author)),
                .init("\(share.transactions)"), .init("\(share.bytes)"),
            ])
        }
        if !output.isJSON, !shares.isEmpty { output.table(table) }
        if shares.isEmpty { output.remark("nobody has written anything yet") }
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
        /// Others on the way can read and change what is exchanged.
        var isPlain: Bool {
            ArchiveURL.isURL(remote.location)
                && (try? ArchiveURL(remote.location))?.isReadableByOthers == true
        }
        /// Noticed at the last exchange.
        let clock: ClockDifference?
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
    let nameUses: [NameUse]
    let mirrors: [Mirror]
    /// Of the last caller whose clock was far from this one's.
    let callersClock: ClockDifference?
    let isClockRight: Bool

    init(_ store: Store) throws {
        id = store.id
        name = try store.name
        origin = try store.origin
        path = store.folder.workPath
        records = try store.recordCounts()
        conflicts = try store.openConflicts
        digest = try store.digest
        missingTexts = try store.texts.missingCount
        missingNames = try MissingTextNames.text(in: store)
        purged = try store.records.purgedCount()
        files = try store.blobs.counts()
        policy = try store.blobs.policy()
        policyText = try AttachmentPolicy.text(policy, in: store)
        refusals = try store.log.refusals()
        nameUses = try store.log.nameUses()
        let clocks = try store.clock.differences()
        mirrors = try store.remotes.all().map {
            Mirror(
                remote: $0, ahead: try store.remotes.transactionsSince($0.agreement), clock: clocks[$0.name])
        }
        callersClock = try store.clock.callersDifference()
        isClockRight = try store.clock.reading().isSynchronized
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
            "notWrittenHere": JSONText(nameUses.map(\.json)), "callersClock": callersClock?.json ?? nil,
            "remotes": JSONText(
                mirrors.map { mirror in
                    [
                        "name": JSONText(mirror.remote.name), "url": JSONText(mirror.remote.location),
                        "insecure": JSONText(mirror.isPlain),
                        "ahead": JSONText(mirror.ahead), "behind": mirror.behind.map { JSONText($0) } ?? nil,
                        "lastSync": mirror.remote.syncedAtMilliseconds.map { JSONText(timeMilliseconds: $0) }
                            ?? nil,
                        "clock": mirror.clock?.json ?? nil,
                    ]
                }),
        ]
    }

    func print(to output: Output) {
        let style = output.style
        func row(_ title: String, _ text: String) {
            output.line(style(title, .bold) + String(repeating: " ", count: 11 - title.count) + text)
        }
        row("archive", "\(name) in \(TerminalSanitizer.line(path))")
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
            row("refused", style("\(refusal.name)", .yellow) + ": \(TerminalSanitizer.line(refusal.reason))")
        }
        for use in nameUses { row("name used", style(use.problem, .yellow) + "; quipu doctor") }
        for (difference, peer) in mirrors.map({ ($0.clock, "of '\($0.remote.name)'") }) + [
            (callersClock, "of one who synced with it")
        ] {
            guard let difference else { continue }
            row(
                "clock",
                style(ClockText.sentence(difference, peer: peer, isOwnRight: isClockRight), .yellow))
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
        for mirror in mirrors where mirror.isPlain {
            output.line(
                style("plain HTTP", .yellow)
                    + ": others on the way to \(mirror.remote.name) can read and change what is exchanged"
                    + (mirror.remote.isInsecure ? "" : "; not used until you say --insecure"))
        }
        output.advise("behind is as of the last sync; ahead and behind count transactions")
    }
}
