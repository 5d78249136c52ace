internal import Quipu

/// Goes with a person at a terminal through open conflicts. What is decided is written at the end, as one entry, once the
/// person has confirmed it.
struct ConflictWalk {
    /// More are walked through the next time.
    static let mostConflicts = 500

    private struct Item {
        let record: Record?
        let conflict: Conflict
        let merge: MergeProposal
        let pieces: ConflictPieces?
        var decision: ConflictPrompt.Decision?
        /// What an editor was left with.
        var draft: String?
        /// Whether somebody else has settled it since it was shown.
        var isGone = false

        init(_ conflict: Conflict, in snapshot: borrowing Snapshot) throws {
            self.conflict = conflict
            record = try snapshot.record(conflict.record)
            merge = try snapshot.mergeProposal(for: conflict)
            pieces = ConflictPieces(conflict)
        }

        var name: String { record.map { RecordText.title($0) } ?? RecordText.name(conflict.record) }

        var subject: String {
            conflict.isDeletion ? "deleted" : TerminalSanitizer.line(FieldTitle.of(conflict.field))
        }
    }

    private let context: Context
    private let archive: Archive
    private var items: [Item] = []
    /// The beginning of the name that versions of this machine have.
    private let machine: String
    /// What to ask about, in order.
    private var queue: [Int] = []

    /// How to end where writing failed, once the person gives up.
    private var failure: ExitCode?

    private var output: Output { context.output }
    private var screen: ResolverScreen { ResolverScreen(context: context) }

    /// - Parameter isWanted: of the conflicts of `id`, or of all.
    init(
        of id: RecordID?, in archive: Archive, context: Context,
        where isWanted: (Conflict) -> Bool = { _ in true }
    ) throws {
        (self.archive, self.context) = (archive, context)
        machine = String(try archive.replica().prefix(8))
        var items: [Item] = []
        try archive.read { snapshot in
            var deleted: RecordID?
            try snapshot.forEachConflict(of: id) { conflict in
                // Whether a record is to exist comes first; its fields are asked about when it does.
                if conflict.isDeletion {
                    deleted = conflict.record
                } else if deleted == conflict.record {
                    return true
                }
                if isWanted(conflict) { items.append(try Item(conflict, in: snapshot)) }
                return items.count < Self.mostConflicts
            }
        }
        self.items = items
        queue = Array(items.indices)
    }

    /// Whether no conflict is open.
    var isEmpty: Bool { items.isEmpty }

    mutating func run() throws -> ExitCode {
        var place = 0
        while true {
            while place < queue.count {
                switch try ask(queue[place], place) {
                case .decided(let decision):
                    items[queue[place]].decision = decision
                    place += 1
                case .skip:
                    items[queue[place]].decision = nil
                    place += 1
                case .back: place = max(0, place - 1)
                case .quit: place = queue.count
                case .ended: return endUnwritten()
                }
            }
            let decided = items.indices.filter { items[$0].decision != nil }
            guard !decided.isEmpty else {
                output.line("nothing was decided, and nothing was written")
                return .done
            }
            switch confirmation(decided) {
            case .back:
                // After a change elsewhere there may be nothing left to ask about.
                if queue.isEmpty { queue = items.indices.filter { !items[$0].isGone } }
                place = queue.count - 1
            case .decided:
                do {
                    guard let changed = try write(decided) else { return .done }
                    // Those alone are asked about again; the other decisions stand.
                    queue = changed
                    place = 0
                    failure = nil
                } catch {
                    // What was decided may be hours of work: it is kept, and can be written once the cause is gone.
                    announceInterruption()
                    failure = screen.report(error)
                    screen.say("nothing was written; your decisions are kept", indent: "")
                }
            case .quit: return endUnwritten(keeps: failure != nil)
            default: return endUnwritten()
            }
        }
    }

    /// What Ctrl-C says.
    func announceInterruption() {
        Interruption.notice(
            "nothing was written; run quipu resolve again", output: output, isAtPrompt: true)
    }

    /// - Parameter keeps: whether texts that the person put together go to files.
    private func endUnwritten(keeps: Bool = true) -> ExitCode {
        screen.say("nothing was written", indent: "")
        for item in items where keeps {
            if case .take(let choice) = item.decision, let decision = item.decision {
                screen.say(
                    "\(item.name): \(item.subject) was decided so: \(self.text(decision, of: item))",
                    indent: "")
                output.line(
                    "  to take it: quipu resolve \(item.conflict.record.handle) \(item.subject) \(choice.option)"
                )
            }
            guard case .text(let text, let how) = item.decision else { continue }
            do {
                let path = try KeptText.write(text, in: context)
                screen.say("\(item.name): \(item.subject) (\(how)) is kept in a file:", indent: "")
                output.line("  \(TerminalSanitizer.line(path))")
                let handle = item.conflict.record.handle
                output.line(
                    "  to take it: quipu resolve \(handle) \(item.subject) --value @\(TerminalSanitizer.line(path))"
                )
            } catch {
                _ = screen.report(error)
            }
        }
        return failure ?? .done
    }

    private mutating func ask(_ index: Int, _ place: Int) throws -> ConflictPrompt.Answer {
        let item = items[index]
        output.line()
        output.line(
            output.style("conflict \(place + 1) of \(queue.count); this machine writes as \(machine)", .dim))
        ConflictText(
            record: item.record, conflict: item.conflict, merge: item.merge,
            comparesAll: item.conflict.isProse
        )
        .print(to: output, columns: max(20, output.terminal.width - 14))
        if let decision = item.decision {
            output.line("  \(output.style("decided", .cyan))  \(text(decision, of: item))")
        }
        output.line()
        let prompt = ConflictPrompt(
            context: context, conflict: item.conflict, merge: item.merge, pieces: item.pieces,
            hasBefore: place > 0)
        return try prompt.run(draft: &items[index].draft)
    }

    private func confirmation(_ decided: [Int]) -> ConflictPrompt.Answer {
        output.line()
        output.line(output.style("To be written, as one entry:", .bold))
        for index in decided {
            guard let decision = items[index].decision else { continue }
            output.line("  \(items[index].name): \(output.style(items[index].subject, .yellow))")
            output.line("    \(text(decision, of: items[index]))")
        }
        let left = items.count(where: { !$0.isGone }) - decided.count
        if left > 0 { output.line("  \(countedAre(left, "conflict")) left open") }
        while true {
            guard let word = screen.ask("write this (yes, no, back)?", end: " ") else { return .ended }
            switch ["yes", "no", "back"].first(where: { !word.isEmpty && $0.hasPrefix(word.lowercased()) }) {
            case "yes": if let decision = items[decided[0]].decision { return .decided(decision) }
            case "no": return .quit
            case "back": return .back
            default: screen.say("type yes, no or back")
            }
        }
    }

    private func text(_ decision: ConflictPrompt.Decision, of item: Item) -> String {
        let columns = max(20, output.terminal.width - 30)
        func quoted(_ json: [UInt8]?) -> String { ValueText.quoted(json, columns: columns) }
        switch decision {
        case .text(let text, let how): return "\(how): \(quoted(Value.string(text).json))"
        case .take(.current):
            return item.conflict.isDeletion
                ? "stays deleted" : "current: \(quoted(item.conflict.current.json))"
        case .take(.other(let number)):
            return item.conflict.isDeletion
                ? "is restored" : "\(number): \(quoted(item.conflict.others[number - 1].json))"
        case .take(.both): return "both texts, one after the other"
        case .take(.merged): return "the text with both changes"
        case .take(.value(let word)): return "typed: \(quoted(Value.string(word).json))"
        }
    }

    /// - Returns: nil where it is written; else the conflicts to look at again.
    private mutating func write(_ decided: [Int]) throws -> [Int]? {
        let decisions = try decided.map { index in
            (conflict: items[index].conflict, resolution: try resolution(items[index]))
        }
        do {
            Interruption.withdraw()
            let (_, outcome) = try archive.edit { t in try t.resolve(decisions) }
            let version = outcome.version.map { ": \($0.short)" } ?? ""
            output.line("settled \(counted(decided.count, "conflict"))\(version)")
            let open = try archive.read { try $0.conflictCount() }
            if open > 0 { output.advise("\(countedAre(open, "conflict")) still open: quipu resolve") }
            return nil
        } catch let changed as ChangedConflicts {
            announceInterruption()
            return try refresh(changed.places.map { decided[$0] })
        }
    }

    private func resolution(_ item: Item) throws -> Resolution {
        switch item.decision {
        case .text(let text, _): return .value(.string(text))
        case .take(.current), nil: return .current
        case .take(.other(let number)): return .other(number - 1)
        case .take(.both): return .both
        case .take(.merged): return .merged
        case .take(.value(let word)):
            return .value(Value(json: try item.conflict.value(ofWord: word)) ?? .string(word))
        }
    }

    /// Looks at conflicts again that have changed.
    private mutating func refresh(_ changed: [Int]) throws -> [Int] {
        var again: [Int] = []
        for index in changed {
            let old = items[index]
            items[index].decision = nil
            let now = try archive.read { snapshot in
                try snapshot.conflicts(of: old.conflict.record).first { $0.field == old.conflict.field }
                    .map { try Item($0, in: snapshot) }
            }
            if let now {
                items[index] = now
                items[index].draft = old.draft
                again.append(index)
                screen.say(
                    "\(old.name): \(old.subject) was changed meanwhile; look at it again. Nothing was written yet.",
                    indent: "")
            } else {
                items[index].isGone = true
                output.line("\(old.name): \(old.subject) was settled meanwhile.")
            }
        }
        return again
    }
}
