internal import Quipu

struct SyncCommand: Command {
    static let declaration = CommandDeclaration(
        "sync", abstract: "exchange changes with a mirror, in both directions",
        arguments: [
            .optional(
                "REMOTE", "a remote's name, a URL or a path; by default the only one, or origin",
                takes: .remote)
        ],
        options: [
            .flag("watch", "keep running, and sync whenever either side has something new"),
            .flag("dry-run", "only show how far apart the two are, and what a sync would carry"),
            .option(
                "max-bytes", value: "N[K|M|G]",
                "send and receive at most so many bytes, the most urgent first"),
            .flag("accept-deletions", "apply others' changes even if they delete most of a collection"),
            AttachmentPolicy.option, RemoteOptions.insecure, ShareWords.option,
            .flag("make", "make the archive there again, if it no longer exists"),
            .flag("records-only", "do not exchange the files of attachments"),
        ],
        example: "quipu sync origin",
        discussion: """
            Reports "in sync" only if both sides hold the same and can prove it. Exit code 3: done, and \
            conflicts are open (quipu conflicts). Exit code 4: the mirror cannot be reached; nothing is \
            lost.
            Stops before others' changes remove nine tenths of a collection of more than 20 records within a \
            day: deleted, removed from it or emptied.
            In collections with merge=automatic, texts that you and others changed in different \
            places are then merged, and the merged text is sent as well.
            With --watch, one line is printed for each exchange, and no files are exchanged; a lost connection is retried \
            for as long as it takes. It ends on Ctrl-C or SIGTERM, or when a problem needs your action (exit \
            codes as above).
            The files of attachments follow the records: those that the mirror lacks are sent, and those that \
            --attachments names are fetched; by default none, as a file may be larger than all records together. If \
            interrupted, they resume with the next sync.
            Makes the archive on a server at the first push, if the server allows it; but not again if it has \
            disappeared there, since it may have been renamed: use --make.
            --dry-run prepares what would be sent and tells its size, which is nothing where the mirror takes no edits; the size of what would be received is estimated, \
            since the mirror tells only how many transactions it has. The time is for the speed of the last sync, with \
            nothing else on the link.
            --max-bytes counts both directions together, with all that HTTP adds. What people wrote goes first, then what was \
            imported, then values of more than 128 bytes (notes and annotations before bodies, the newest first), then \
            files. Until a text arrives, quipu show names its size and the mirror that has it. Run the same command again to \
            continue, or quipu sync for all of it.
            A connection that is idle for 60 seconds is closed; $QUIPU_TIMEOUT sets another number.

            With --share the code that quipu serve --share shows on the other machine takes the place of REMOTE, and \
            nothing is remembered of it, as in: quipu sync --share 192.168.43.17 9ww7-yk3p-ya51-w
            """,
        synonyms: ["push", "pull", "fetch"], makesEdits: true)

    static let interruptionAdvice: String? =
        "what has arrived on both sides is kept; go on with the same command"

    private let remote: String?
    private let share: ShareWords?
    private let isWatching: Bool
    private let isDryRun: Bool
    private let acceptsDeletions: Bool
    private let attachments: [String]
    private let isRecordsOnly: Bool
    private let isInsecure: Bool
    private let makes: Bool
    private let maximumBytes: Int?
    private let maximumBytesAsTyped: String?

    init(_ values: ParsedArguments) throws(UsageError) {
        share = try ShareWords(
            values, code: values.optionalArgument("REMOTE"),
            excluding: ["watch", "dry-run", "insecure", "make"])
        remote = values.optionalArgument("REMOTE")
        try share?.refuse(remote)
        try values.requireAtMostOne(of: ["watch", "dry-run"])
        try values.requireNone(of: ["max-bytes"], with: "watch")
        try values.requireNone(of: ["max-bytes"], with: "dry-run")
        try values.requireNone(of: ["accept-deletions", "attachments", "records-only"], with: "dry-run")
        isWatching = values.flag("watch")
        isDryRun = values.flag("dry-run")
        acceptsDeletions = values.flag("accept-deletions")
        attachments = try AttachmentPolicy.words(values)
        isRecordsOnly = values.flag("records-only")
        isInsecure = values.flag("insecure")
        makes = values.flag("make")
        maximumBytes = try values.size("max-bytes")
        maximumBytesAsTyped = values.option("max-bytes")
    }

    var leavesSomethingDone: Bool { !isDryRun }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archive(.readWrite)
        var options = SyncOptions()
        options.acceptsDeletions = acceptsDeletions
        options.isRecordsOnly = isRecordsOnly
        options.remakes = makes
        options.maximumBytes = maximumBytes
        options.fetches = AttachmentPolicy.choice(attachments)
        options.link = try share?.link(in: context) ?? context.link(isInsecure: isInsecure)
        return try AttachmentPolicy.hinting(in: archive) {
            if isWatching { return try watch(archive, options, in: context) }
            if isDryRun {
                let distance = try archive.compare(with: remote, options: options)
                return MirrorDistanceText(distance).say(to: context.output)
            }
            let started = LocalMachine.monotonicMilliseconds()
            let before = try archive.position()
            let report = try context.showingProgress { progress in
                let author = { try context.author() }
                guard let share else {
                    return try archive.sync(
                        with: remote, options: options, author: author, progress: progress)
                }
                return try archive.sync(
                    withShareAt: share.address, code: share.code, options: options, author: author,
                    progress: progress)
            }
            let milliseconds = LocalMachine.monotonicMilliseconds() - started
            let code = present(report, milliseconds: milliseconds, in: context)
            if report.receivedChanges > 0 {
                try SyncNews(of: archive, since: before).show(in: context.output)
            }
            return code
        }
    }

    /// Exchanges whenever there is something new on either side, until it is told to stop.
    private func watch(_ archive: Archive, _ options: SyncOptions, in context: Context) throws -> ExitCode {
        let output = context.output
        let stop = try StopSignal.request()
        let line = output.progressLine()
        var events = WatchEvents(author: { try context.author() })
        events.progress = { line.show($0.text, $0.measure) }
        events.onBegin = { output.advise("watching \(TerminalSanitizer.line($0)); Ctrl-C ends it") }
        events.onExchange = { report, milliseconds in
            line.clear()
            presentInBrief(report, milliseconds: milliseconds, to: output)
        }
        events.onTrouble = { error in
            line.clear()
            let presentation = ErrorPresentation(error)
            output.warn("\(presentation.message); trying again until it works")
        }
        events.goesOn = {
            line.clear()
            output.standard.flush()
            return !output.isReaderGone
        }
        try context.naming { try archive.watch(remote, options: options, until: stop, events: events) }
        return .done
    }

    private func printJSON(_ report: SyncReport, milliseconds: Int64, to output: Output) {
        output.json([
            "remote": JSONText(report.remote), "sent": JSONText(report.sentChanges),
            "received": JSONText(report.receivedChanges),
            "bytesSent": JSONText(report.sentBytes), "bytesReceived": JSONText(report.receivedBytes),
            "roundTrips": JSONText(report.roundTrips), "conflicts": JSONText(report.openConflicts),
            "inSync": JSONText(report.isInSync), "milliseconds": JSONText(milliseconds),
            "missingTexts": JSONText(report.missingTexts), "refused": JSONText(report.refusals),
            "unproved": JSONText(report.isUnproved),
            "notWrittenHere": JSONText(report.nameUses.map(\.json)), "merged": JSONText(report.mergedTexts),
            "unsent": JSONText(report.unsentChanges), "attachments": report.files.json,
            "clock": report.clock?.json ?? nil,
            "left": report.leftOver.map { LeftOverText($0).json } ?? nil,
        ])
        for use in report.nameUses { output.warn("\(use.problem(in: output.clock))\n  \(use.advice)") }
    }

    /// In one line.
    private func presentInBrief(_ report: SyncReport, milliseconds: Int64, to output: Output) {
        printJSON(report, milliseconds: milliseconds, to: output)
        for refusal in report.refusals { output.warn("refused: \(refusal)") }
        if let unsent = report.unsentWarning { output.warn(unsent.message) }
        output.remark(
            "\(report.isInSync ? "in sync" : "not in sync yet") with \(TerminalSanitizer.line(report.remote)): "
                + "sent \(counted(report.sentChanges, "change")), "
                + "received \(counted(report.receivedChanges, "change")), "
                + "\(counted(report.openConflicts, "conflict")) open, \(milliseconds) ms")
    }

    /// Says how it went.
    private func present(_ report: SyncReport, milliseconds: Int64, in context: Context) -> ExitCode {
        let output = context.output
        printJSON(report, milliseconds: milliseconds, to: output)
        let title = TerminalSanitizer.line(report.remote)
        output.remark(
            "sent \(counted(report.sentChanges, "change")), "
                + "received \(counted(report.receivedChanges, "change")) "
                + "(\(report.sentBytes) bytes out, \(report.receivedBytes) in, "
                + "\(counted(report.roundTrips, "round trip")), \(milliseconds) ms)")
        if report.mergedTexts > 0 {
            output.remark(
                "\(counted(report.mergedTexts, "text")) merged, with both changes: quipu log --merged shows which"
            )
        }
        for refusal in report.refusals { output.warn("refused: \(refusal)") }
        if let difference = report.clock {
            let sentence = ClockText.sentence(
                difference, peer: "of \(title)", isOwnRight: report.isClockRight)
            output.warn("\(sentence)\n  \(ClockText.advice)")
        }
        if let unsent = report.unsentWarning {
            output.warn("\(unsent.message)\n  \(unsent.hint)")
            return .failed
        }
        say(report, title: title, to: output)
        report.files.say(to: output, title: title)
        if report.leftOver != nil { return .done }
        if report.openConflicts > 0 {
            output.advise("\(counted(report.openConflicts, "conflict")) open; see: quipu conflicts")
            return .conflictsOpen
        }
        if report.isInSync, report.files.isStopPassing { return .remoteUnreachable }
        // What nobody can see, and perhaps nobody has, must not fail every sync from now on.
        return report.isInSync || report.lacksOnlyDeleted ? .done : .failed
    }

    /// Whether the two hold the same, and if not why.
    private func say(_ report: SyncReport, title: String, to output: Output) {
        if let left = report.leftOver, let maximumBytesAsTyped {
            LeftOverText(left).say(
                of: title, limit: maximumBytesAsTyped,
                remote: remote.map { TerminalSanitizer.line($0) }, to: output)
        } else if let digest = report.digest {
            output.remark("in sync with \(title): digest \(digest)")
        } else if report.isUnproved {
            output.warn(
                "exchanged with \(title), not proved: it says that it holds the same and gives no proof of it; it runs an "
                    + "older Quipu, or is not a mirror of this archive. Sync with another mirror, or install the newer version "
                    + "there")
        } else if report.missingTexts > 0 {
            let names = MissingTextNames.text(report.missingTexts, report.firstMissingTexts) ?? ""
            output.warn(
                "exchanged everything with \(title), but \(countedAre(report.missingTexts, "text")) neither "
                    + "here nor there: \(names)\n  sync with another mirror that may have \(report.missingTexts == 1 ? "it" : "them")"
            )
        } else {
            output.warn(
                "exchanged with \(title), and not in sync yet: it is still changing, or refused something; sync again"
            )
        }
    }
}
