internal import Quipu

extension ArchiveStatus {
    var json: JSONText {
        [
            "archive": JSONText(identifier), "name": JSONText(name),
            "replica": JSONText(replica),
            "path": JSONText(path),
            "records": JSONText(members: records.map { ($0.kind.rawValue, JSONText($0.count)) }),
            "conflicts": JSONText(conflictCount), "digest": JSONText(digest),
            "missingTexts": JSONText(missingTextCount), "waitingBytes": JSONText(waitingTextBytes),
            "waitingAt": JSONText(waitingTextRemotes), "purged": JSONText(purgedCount),
            "attachments": [
                "files": JSONText(files.count), "missing": JSONText(files.missing),
                "missingBytes": JSONText(files.missingBytes), "fetched": files.policyJSON,
            ],
            "refused": JSONText(refusals.map(\.json)),
            "notWrittenHere": JSONText(nameUses.map(\.json)), "callersClock": callersClock?.json ?? nil,
            "remotes": JSONText(
                mirrors.map { mirror in
                    [
                        "name": JSONText(mirror.name), "url": JSONText(mirror.location),
                        "insecure": JSONText(mirror.isReadableByOthers),
                        "ahead": JSONText(mirror.ahead), "aheadAtMost": JSONText(mirror.isAheadAtMost),
                        "behind": mirror.behind.map { JSONText($0) } ?? nil,
                        "lastSync": mirror.syncedAtMilliseconds.map { JSONText(timeMilliseconds: $0) }
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
        row("id", identifier)
        row("replica", replica)
        let counts = records.map { RecordText.count($0.count, $0.kind.rawValue) }
        row("records", counts.isEmpty ? "none yet; quipu import FILE" : counts.joined(separator: ", "))
        row(
            "conflicts",
            conflictCount == 0 ? "none" : style("\(conflictCount) open", .yellow) + "; quipu conflicts")
        row("digest", spokenDigest)
        if purgedCount > 0 {
            row("purged", RecordText.count(purgedCount, "record") + "; quipu list --deleted")
        }
        if let missingNames = MissingTextNames.text(missingTextCount, missingTexts) {
            row(
                "missing",
                "\(RecordText.count(missingTextCount, "text")) not here\(waitingPlace): \(missingNames); quipu sync"
            )
        }
        if files.count > 0 {
            let missing =
                files.missing == 0
                ? "all here"
                : style("\(files.missing) not here", .yellow)
                    + " (\(SizeText.of(bytes: Int(clamping: files.missingBytes))))"
            row("files", "\(files.count) of attachments, \(missing); \(files.policyText)")
        }
        for refusal in refusals {
            row(
                "refused",
                style("\(refusal.version)", .yellow) + ": \(TerminalSanitizer.line(refusal.reason))")
        }
        for use in nameUses {
            row("name used", style(use.problem(in: output.clock), .yellow) + "; quipu doctor")
        }
        for (difference, peer) in mirrors.map({ ($0.clock, "of '\($0.name)'") }) + [
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
            .init(title: "LAST SYNC"), .init(title: "WHERE", canShrink: true),
        ])
        for mirror in mirrors {
            let last = mirror.syncedAtMilliseconds.map { output.clock.short(milliseconds: $0) }
            table.add([
                .init(mirror.name, .cyan), .init((mirror.isAheadAtMost ? "≤" : "") + "\(mirror.ahead)"),
                .init(mirror.behind.map { "\($0)" } ?? "?"),
                .init(last ?? "never"), .init(mirror.location),
            ])
        }
        output.table(table)
        for mirror in mirrors where mirror.isReadableByOthers {
            output.line(
                style("plain HTTP", .yellow)
                    + ": others on the network can read and change what is exchanged with \(mirror.name)"
                    + (mirror.isInsecure ? "" : "; not used without --insecure"))
        }
        output.advise("ahead and behind count transactions; behind is the state at the last sync")
        if mirrors.contains(where: \.isAheadAtMost) {
            output.advise(
                "≤: what came from elsewhere since the last complete sync is counted too, and may be there already"
            )
        }
    }
}

extension ArchiveStatus.Files {
    fileprivate var policyJSON: JSONText {
        switch policy {
        case .all: "all"
        case .none: "none"
        case .collections(let ids): JSONText(ids.map(\.uuid))
        }
    }

    fileprivate var policyText: String {
        switch policy {
        case .all: "all are fetched"
        case .none: "fetched when asked for"
        case .collections:
            "those in \(TerminalSanitizer.line(RecordText.list(policyCollections) ?? "")) are fetched"
        }
    }
}
