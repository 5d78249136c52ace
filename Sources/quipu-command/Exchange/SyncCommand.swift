internal import Quipu
internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

struct SyncCommand: Command {
    static let declaration = CommandDeclaration(
        "sync", abstract: "exchange what changed with a mirror, both ways",
        arguments: [
            .optional("REMOTE", "a remote's name, a URL or a path; by default the only one, or origin")
        ],
        options: [
            .flag("watch", "stay, and exchange whenever there is something new on either side"),
            .flag("dry-run", "only say how far apart the two are"),
            .flag("accept-deletions", "apply what others did even where it takes most of a collection"),
            AttachmentPolicy.option, RemoteOptions.insecure,
            .flag("make", "make the archive there anew, where it was and is no more"),
            .flag("records-only", "leave the files of attachments for another time"),
        ],
        example: "quipu sync origin",
        discussion: """
            Ends with "in sync" only when both sides hold the same and can prove it. Exit code 3: done, and \
            conflicts are open (quipu conflicts). Exit code 4: the mirror cannot be reached; nothing is \
            lost.
            Stops before a collection of more than 20 records has lost nine tenths of them to others within a \
            day: deleted, taken out of it or emptied.
            In collections with merge=automatic, texts that you and somebody else changed in different \
            places are then merged, and the merged text is sent as well.
            With --watch, one line for each exchange, and no files; a link that is lost is taken up again \
            for as long as it takes. Ends on Ctrl-C or SIGTERM, or when something must be done first (exit \
            codes as above).
            The files of attachments follow the records: those that the mirror lacks, and here those that \
            --attachments asks for; by itself none, as a file may be larger than all records together. Cut, \
            they go on at the byte with the next sync.
            Makes the archive on a server at the first push, where the server lets it; and not again where it has \
            been and is gone, since it may have been renamed: --make.
            A link on which nothing moves for 60 seconds is given up; $QUIPU_TIMEOUT says another number.
            """,
        synonyms: ["push", "pull", "fetch"], makesEdits: true)

    private let remote: String?
    private let isWatching: Bool
    private let isDryRun: Bool
    private let acceptsDeletions: Bool
    private let attachments: [String]
    private let isRecordsOnly: Bool
    private let isInsecure: Bool
    private let makes: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        remote = values.optionalArgument("REMOTE")
        try values.requireAtMostOne(of: ["watch", "dry-run"])
        try values.requireNone(of: ["accept-deletions", "attachments", "records-only"], with: "dry-run")
        isWatching = values.flag("watch")
        isDryRun = values.flag("dry-run")
        acceptsDeletions = values.flag("accept-deletions")
        attachments = try AttachmentPolicy.words(values)
        isRecordsOnly = values.flag("records-only")
        isInsecure = values.flag("insecure")
        makes = values.flag("make")
    }

    var leavesSomethingDone: Bool { !isDryRun }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(.readWrite)
        var place = try RemotePlace(remote, of: store, isInsecure: isInsecure)
        try place.requireElsewhere(than: store.folder)
        if let name = place.name {
            if isInsecure { try store.remotes.noteInsecure(remote: name) }
            if makes {
                try store.remotes.forgetAgreement(remote: name)
                place = try RemotePlace(remote, of: store, isInsecure: isInsecure)
            }
        }
        if isWatching {
            return try SyncWatch(command: self, store: store, place: place, context: context).run()
        }
        let transport = try place.transport(archiveName: try store.name, in: context, own: store.folder)
        if isDryRun { return try compare(store, with: place, over: transport, in: context) }
        return try exchange(store, over: transport, in: context).code
    }

    /// How an exchange ended.
    struct Settlement {
        let code: ExitCode
        let missingTexts: Int
        /// Of what both sides held in the end; nil where they did not hold the same.
        let knowledgeHash: UInt128?
    }

    /// Exchanges, merges what the policy says, and says how it went.
    ///
    /// - Parameter inBrief: in one line.
    func exchange(
        _ store: Store, over transport: any Transport, inBrief: Bool = false, in context: Context
    ) throws -> Settlement {
        // What was agreed last time is read anew each time.
        let place = try RemotePlace(remote, of: store, isInsecure: isInsecure)
        let started = ProgressLine.monotonicMilliseconds()
        let (report, merged) = try place.syncAndMerge(
            store, over: transport, acceptingDeletions: acceptsDeletions, in: context)
        // Remembered only now: a collection may have come just before.
        try AttachmentPolicy.remember(attachments, for: store)
        // Whoever watches waits for the next edit, and not for a file that takes an hour.
        let files =
            isRecordsOnly || inBrief
            ? nil
            : try place.exchangeAttachments(
                of: store, over: transport, maySend: report.refusal == nil, in: context)
        let code = try present(
            report, files: files ?? BlobReport(), merged: merged, of: store, with: place,
            milliseconds: ProgressLine.monotonicMilliseconds() - started, inBrief: inBrief, in: context)
        return Settlement(
            code: code, missingTexts: report.missingTexts, knowledgeHash: report.knowledgeHash)
    }

    private func present(
        _ report: QuipuReplication.SyncReport, files: BlobReport, merged: Int, of store: Store,
        with place: RemotePlace,
        milliseconds: Int64, inBrief: Bool, in context: Context
    ) throws -> ExitCode {
        let conflicts = try store.openConflicts
        let output = context.output
        output.json([
            "remote": JSONText(place.title), "sent": JSONText(report.sent),
            "received": JSONText(report.received),
            "bytesSent": JSONText(report.bytesSent), "bytesReceived": JSONText(report.bytesReceived),
            "roundTrips": JSONText(report.roundTrips), "conflicts": JSONText(conflicts),
            "inSync": JSONText(report.inSync), "milliseconds": JSONText(milliseconds),
            "missingTexts": JSONText(report.missingTexts), "refused": JSONText(report.refused),
            "unproved": JSONText(report.isUnproved),
            "notWrittenHere": JSONText(report.inOwnName.map(\.json)), "merged": JSONText(merged),
            "unsent": JSONText(report.unsent), "attachments": files.json,
            "clock": report.clockDifference?.json ?? nil,
        ])
        let title = TerminalSanitizer.line(place.title)
        for use in report.inOwnName { output.warn("\(use.problem)\n  \(use.advice)") }
        if inBrief {
            for refusal in report.refused { output.warn("refused: \(refusal)") }
            if let unsent = report.unsentWarning { output.warn(unsent.message) }
            output.remark(
                "\(report.inSync ? "in sync" : "not in sync yet") with \(title): "
                    + "sent \(counted(report.sent, "change")), received \(counted(report.received, "change")), "
                    + "\(counted(conflicts, "conflict")) open, \(milliseconds) ms")
            return report.inSync ? .done : .failed
        }
        output.remark(
            "sent \(counted(report.sent, "change")), received \(counted(report.received, "change")) "
                + "(\(report.bytesSent) bytes out, \(report.bytesReceived) in, "
                + "\(counted(report.roundTrips, "round trip")), \(milliseconds) ms)")
        if merged > 0 {
            output.remark(
                "\(counted(merged, "text")) merged, with both changes: quipu log --merged shows which")
        }
        for refusal in report.refused { output.warn("refused: \(refusal)") }
        if let difference = report.clockDifference {
            let sentence = ClockText.sentence(
                difference, peer: "of \(title)", isOwnRight: try store.clock.reading().isSynchronized)
            output.warn("\(sentence)\n  \(ClockText.advice)")
        }
        if let unsent = report.unsentWarning {
            output.warn("\(unsent.message)\n  \(unsent.hint)")
            return .failed
        }
        if report.inSync {
            let digest = try store.digest
            output.remark("in sync with \(title): digest \(digest)")
        } else if report.isUnproved {
            output.warn(
                "exchanged with \(title), not proved: it says that it holds the same and gives no proof of it; it runs an "
                    + "older Quipu, or is no mirror of this archive. Sync with another mirror, or install the newer version "
                    + "there")
        } else if report.missingTexts > 0 {
            let names = try MissingTextNames.text(in: store) ?? ""
            output.warn(
                "exchanged everything with \(title), but \(countedAre(report.missingTexts, "text")) neither "
                    + "here nor there: \(names)\n  sync with another mirror that may have \(report.missingTexts == 1 ? "it" : "them")"
            )
        } else {
            output.warn(
                "exchanged with \(title), and not in sync yet: it is still changing, or refused something; sync again"
            )
        }
        files.say(to: output, title: title)
        if conflicts > 0 {
            output.advise("\(counted(conflicts, "conflict")) open; see: quipu conflicts")
            return .conflictsOpen
        }
        if report.inSync, files.stop?.isPassing == true { return .remoteUnreachable }
        // What nobody can see, and perhaps nobody has, must not fail every sync from now on.
        let lacksOnlyDeleted = try report.missingTexts > 0 && store.texts.missingShownCount == 0
        return report.inSync || lacksOnlyDeleted ? .done : .failed
    }

    private func compare(
        _ store: Store, with place: RemotePlace, over transport: any Transport, in context: Context
    ) throws -> ExitCode {
        let theirs = try Handshake(
            over: transport, archive: store.id, knowing: store.log.knowledge(),
            environment: context.environment)
        let own = try store.log.vector()
        func lead(_ first: Vector, _ second: Vector) -> UInt64 {
            first.entries.reduce(0) { sum, entry in
                let other = second.sequence(of: entry.origin)
                return sum + (entry.sequence > other ? entry.sequence - other : 0)
            }
        }
        let (ahead, behind) = (lead(own, theirs.vector), lead(theirs.vector, own))
        let equality = try theirs.equality(with: store)
        let inSync = equality == .proved
        context.output.json([
            "remote": JSONText(place.title), "ahead": JSONText(ahead), "behind": JSONText(behind),
            "inSync": JSONText(inSync),
        ])
        let title = TerminalSanitizer.line(place.title)
        switch equality {
        case .proved: context.output.line("in sync with \(title)")
        case .claimed:
            context.output.line("\(title) says that it holds the same, and gives no proof of it")
        case .unverifiable:
            context.output.line("\(title) holds the same transactions; texts are missing here: quipu sync")
        case .disproved:
            context.output.line("\(title) says that it holds the same, and its proof of it is wrong")
            return .damageFound
        case .different:
            context.output.line(
                "to send: \(counted(Int(ahead), "transaction")); "
                    + "to receive: \(counted(Int(behind), "transaction"))")
        }
        return .done
    }
}
