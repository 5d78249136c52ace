/// What may be typed where the cursor stands, as far as the declarations tell.
struct CompletionPoint: Equatable {
    struct Candidate: Equatable {
        let text: String
        /// For people; may be empty.
        let meaning: String
    }

    /// Commands, options and choices that begin with what is typed.
    var candidates: [Candidate] = []
    /// What else there may be, which others must find.
    var values: ValueKind = .anything
    /// What of the word stands before the value: `--tag=`.
    var prefix = ""
    /// The value as far as it is typed.
    var typed = ""
    /// The arguments before it.
    var arguments: [String] = []
    /// What `--archive` was given.
    var archive: String?
}

extension CommandSet {
    /// Says what may stand at the end of a command line that is not finished.
    ///
    /// - Parameter words: those after the program's name; the last is being typed and may be empty.
    func completionPoint(for words: [String]) -> CompletionPoint {
        var walk = CompletionWalk(set: self)
        for word in words.dropLast() { walk.pass(word) }
        return walk.point(typed: words.last ?? "")
    }
}

/// Goes over the words before the cursor as the parser would, and takes what it does not understand for an argument.
private struct CompletionWalk<Runnable: Sendable> {
    let set: CommandSet<Runnable>
    private var path: [String] = []
    private var group: [CommandSet<Runnable>.Leaf]?
    private var command: CommandDeclaration?
    private var isHelp = false
    private var arguments: [String] = []
    private var optionsEnded = false
    /// The option whose value comes next.
    private var awaiting: OptionDeclaration?
    private var given: Set<String> = []
    private var archive: String?

    init(set: CommandSet<Runnable>) { self.set = set }

    private var options: [OptionDeclaration] {
        guard let command else { return GlobalOptions.declarations }
        return command.options + GlobalOptions.declarations(of: command)
    }

    private var takesDashes: Bool {
        command?.dashesAreValues == true && (!arguments.isEmpty || given.contains("query"))
    }

    mutating func pass(_ word: String) {
        if let option = awaiting {
            note(option, word)
            awaiting = nil
        } else if optionsEnded || !word.hasPrefix("-") || word == "-" {
            passArgument(word)
        } else if word == "--" {
            optionsEnded = true
        } else if takesDashes, !word.hasPrefix("--") {
            passArgument(word)
        } else {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let option = option(spelled: String(parts[0])) else { return }
            given.insert(option.name)
            if parts.count == 2 {
                note(option, String(parts[1]))
            } else if option.value != nil {
                awaiting = option
            }
        }
    }

    private mutating func note(_ option: OptionDeclaration, _ value: String) {
        if option.name == "archive" { archive = value }
    }

    private mutating func passArgument(_ word: String) {
        if command != nil {
            arguments.append(word)
        } else if let group {
            path.append(word)
            command = group.first { $0.declaration.name == word }?.declaration
        } else if word == "help", path.isEmpty {
            isHelp = true
            path.append(word)
        } else if path.isEmpty || (isHelp && path.count == 1) {
            path.append(word)
            switch set.entries.first(where: { $0.name == word }) {
            case .command(let leaf)? where !isHelp: command = leaf.declaration
            case .group(_, _, let commands)?: group = commands
            default: break
            }
        } else {
            path.append(word)
        }
    }

    private func option(spelled word: String) -> OptionDeclaration? {
        options.first { "--\($0.name)" == word || $0.short.map { "-\($0)" } == word }
    }

    func point(typed: String) -> CompletionPoint {
        var point = CompletionPoint(typed: typed, arguments: arguments, archive: archive)
        if let awaiting {
            point.take(awaiting)
        } else if !optionsEnded, typed.hasPrefix("--"), let equals = typed.firstIndex(of: "=") {
            guard let option = option(spelled: String(typed[..<equals])), option.value != nil else {
                return point
            }
            point.prefix = String(typed[...equals])
            point.typed = String(typed[typed.index(after: equals)...])
            point.take(option)
        } else if !optionsEnded, typed.hasPrefix("-"), typed.hasPrefix("--") || !takesDashes {
            let open = options.filter { !given.contains($0.name) || $0.isRepeated }
            point.offer(open.map { ("--\($0.name)", $0.help) })
        } else if let command {
            let declared = command.arguments
            let last = declared.last
            let isBehind = !arguments.isEmpty || given.contains("query")
            if let known = declared.first(where: { $0.accepts != nil }),
                known.accepts?(typed + "x") == true
                    || isBehind && (typed.isEmpty || known.takes == .assignment)
            {
                point.take(known.takes)
            } else if let first = declared.first, case .repeated = first.arity,
                declared.count(where: { $0.accepts == nil }) == 1
            {
                point.take(first.takes)
            } else if arguments.count < declared.count {
                point.take(declared[arguments.count].takes)
            } else if let last, case .repeated = last.arity {
                point.take(last.takes)
            }
        } else if let group, path.count == (isHelp ? 2 : 1) {
            point.offer(group.map { ($0.declaration.name, $0.declaration.abstract) })
        } else if path.isEmpty || path == ["help"] {
            point.offer(set.entries.map { ($0.name, $0.abstract) })
            if isHelp {
                let commands = set.entries.map(\.name)
                point.offer(set.topics.filter { !commands.contains($0.name) }.map { ($0.name, $0.abstract) })
            } else {
                point.offer([("help", "show how a command is used, or a page on a topic")])
            }
        }
        return point
    }
}

extension CompletionPoint {
    fileprivate mutating func offer(_ words: [(String, String)]) {
        candidates += words.filter { $0.0.hasPrefix(typed) }.map {
            Candidate(text: prefix + $0.0, meaning: $0.1)
        }
    }

    fileprivate mutating func take(_ kind: ValueKind) {
        if case .choice(let words) = kind { offer(words.map { ($0, "") }) } else { values = kind }
    }

    fileprivate mutating func take(_ option: OptionDeclaration) {
        offer(option.choices.map { ($0, "") })
        take(option.takes)
    }
}
