internal import Quipu

/// Asks a person at a terminal how to settle one conflict. Nothing is written here.
struct ConflictPrompt {
    /// What a conflict is to become.
    enum Decision {
        case take(TypedResolution)
        /// A text that the person put together, and how.
        case text(String, how: String)
    }

    enum Answer {
        case decided(Decision)
        case skip, back, quit
        /// Nobody types any more.
        case ended
    }

    private enum Word: String, CaseIterable {
        case merged, current, both, pieces, value, edit, skip, back, quit
        case help = "?"
    }

    let context: Context
    let conflict: Conflict
    let merge: MergeProposal
    let pieces: ConflictPieces?
    /// Whether there is one before it.
    let hasBefore: Bool

    private var screen: ResolverScreen { ResolverScreen(context: context) }

    /// - Parameter draft: what an editor was left with, which is shown in it again.
    func run(draft: inout String?) throws -> Answer {
        while true {
            guard let typed = screen.ask(choices.joined(separator: ", ")) else { return .ended }
            if typed.isEmpty { continue }
            do {
                if let number = Int(typed) {
                    try TypedResolution.requireOther(number, of: conflict)
                    return .decided(try checked(.take(.other(number))))
                }
                let word = screen.choice(typed, among: choices.filter { Int($0) == nil })
                if let word = word.flatMap(Word.init), let answer = try answer(word, &draft) { return answer }
            } catch let error as UsageError {
                _ = screen.report(error)
            } catch let error as QuipuError {
                _ = screen.report(error)
            }
        }
    }

    /// Nil where the question is asked again.
    private func answer(_ word: Word, _ draft: inout String?) throws -> Answer? {
        switch word {
        case .merged: return .decided(.take(.merged))
        case .current: return .decided(try checked(.take(.current)))
        case .both: return .decided(try checked(.take(.both)))
        case .skip: return .skip
        case .back:
            if hasBefore { return .back }
            screen.say("there is nothing before this conflict")
            return nil
        case .quit: return .quit
        case .pieces:
            return try pieces.flatMap { try ClashWalk(context: context, pieces: $0, authors: authors).run() }
                .map {
                    .decided($0)
                }
        case .edit:
            return try MergeFile(conflict, pieces).edit(&draft, in: context).map {
                .decided(.text($0, how: "edited"))
            }
        case .value:
            guard let value = screen.ask("new value (an empty line returns to the choice)") else {
                return .ended
            }
            if value.isEmpty { return nil }
            _ = try conflict.value(ofWord: value)
            return .decided(.take(.value(value)))
        case .help:
            let width = max(20, context.output.terminal.width)
            for (word, meaning) in explanations {
                let lines = HelpLayout.fold(
                    String(repeating: " ", count: 11) + meaning, indent: 11, width: width)
                for (number, line) in lines.enumerated() {
                    context.output.line(number == 0 ? "  " + word.padded(to: 9) + line.dropFirst(11) : line)
                }
            }
            return nil
        }
    }

    /// A text that is not here cannot be taken.
    private func checked(_ decision: Decision) throws -> Decision {
        let choices: [Conflict.Choice]
        switch decision {
        case .take(.current): choices = [conflict.current]
        case .take(.other(let number)): choices = [conflict.others[number - 1]]
        default: choices = [conflict.current] + conflict.others
        }
        if !conflict.isDeletion, let missing = choices.first(where: { $0.json == nil }) {
            throw QuipuError(
                .textMissing, "the text of \(missing.version.short) is not here yet",
                hint: "sync to get it, or type another value: value")
        }
        return decision
    }

    private var offered: [Word] {
        Word.allCases.filter { word in
            switch word {
            case .merged: merge.text != nil
            case .both: conflict.isJoinable
            case .pieces: pieces != nil
            case .value: !conflict.isDeletion
            case .edit: MergeFile.isOffered(for: conflict)
            default: true
            }
        }
    }

    private var authors: (left: String, right: String) {
        (
            TerminalSanitizer.line(conflict.current.author),
            TerminalSanitizer.line(conflict.others.first?.author ?? "")
        )
    }

    private var numbers: [String] { conflict.others.indices.map { "\($0 + 1)" } }

    private var choices: [String] {
        offered.flatMap { $0 == .current ? [$0.rawValue] + numbers : [$0.rawValue] }
    }

    private var explanations: [(String, String)] {
        offered.flatMap { word -> [(String, String)] in
            switch word {
            case .merged: [("merged", "the text with both changes")]
            case .current where conflict.isDeletion:
                [("current", "the record stays deleted")] + numbers.map { ($0, "the record is restored") }
            case .current:
                [("current", "what is shown now")] + numbers.map { ($0, "the version of this number") }
            case .both: [("both", "all texts, one after the other")]
            case .pieces: [("pieces", "go through the places where both changed the same words")]
            case .value: [("value", "type another value")]
            case .edit: [("edit", "open the editor on a prepared merge")]
            case .skip: [("skip", "leave this conflict open")]
            case .back: [("back", "return to the conflict before")]
            case .quit: [("quit", "end here; what you decided is written if you confirm it")]
            case .help: []
            }
        }
    }
}

extension String {
    /// With spaces behind it.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
