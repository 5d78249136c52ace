extension CommandSet {
    private static var versionFlag: OptionDeclaration { .flag("version", "print the version") }

    /// Reads a command line.
    ///
    /// - Parameter words: the arguments without the program's own name.
    /// - Parameter width: columns to fold help texts to.
    func parse(_ words: [String], width: Int = 80) throws(UsageError) -> Invocation<Runnable> {
        // The bare word `--help` is never a value (see `WordReader`), so it can be honoured before mistakes
        // elsewhere in the line are complained about.
        let asksForHelp = words.prefix { $0 != "--" }.contains("--help")
        let globals = GlobalOptions.declarations
        var reader = WordReader(words, known: globals + [Self.versionFlag], program: program)

        guard let name = try reader.nextArgument() else {
            return reader.values["version"] != nil ? .version : .help(overview(width: width))
        }
        if reader.values["version"] != nil { return .version }
        reader.known = globals
        if name == "help" { return .help(try helpText(for: try reader.remainingArguments(), width: width)) }

        let leaf: Leaf
        switch try entry(named: name) {
        case .command(let found):
            leaf = found
        case .group(_, _, let commands):
            reader.path.append(name)
            let standard = commands.first { $0.declaration.isGroupDefault }
            reader.known += standard?.declaration.options ?? []
            let word = try reader.nextArgument()
            reader.known = globals
            if word == nil && (asksForHelp || reader.values["help"] != nil) {
                return .help(try helpText(for: [name], width: width))
            }
            if word == nil, let standard {
                leaf = standard
            } else {
                leaf = try command(named: word, in: name, of: commands)
                try reader.requireKnown(globals + leaf.declaration.options)
            }
        }
        reader.path.append(leaf.declaration.name)
        let path = Array(reader.path.dropFirst())
        if asksForHelp { return .help(helpText(for: leaf.declaration, path: path, width: width)) }

        reader.known = globals + leaf.declaration.options
        reader.takesDashes = leaf.declaration.dashesAreValues
        reader.dashesAreTerms = leaf.declaration.dashesAreTerms
        var arguments: [String] = []
        while let word = try reader.nextArgument() { arguments.append(word) }
        if reader.values["help"] != nil {
            return .help(helpText(for: leaf.declaration, path: path, width: width))
        }
        if reader.values["as"] != nil, !leaf.declaration.makesEdits {
            throw UsageError(
                "'\(reader.path.joined(separator: " "))' makes no edits, so --as has no effect there",
                hint: "--as says who makes an edit; leave it out")
        }
        let usage = "usage: \(usageLine(for: leaf.declaration, path: path))"
        let values = try leaf.declaration.bind(
            arguments, options: reader.values, command: reader.path.joined(separator: " "), usage: usage)
        let inWords = leaf.declaration.words(path: path, values.argumentValues)
        return .run(try leaf.make(values), GlobalOptions(optionValues: reader.values, words: inWords))
    }

    func entry(named name: String) throws(UsageError) -> Entry {
        if let entry = entries.first(where: { $0.name == name }) { return entry }
        if let leaf = hidden.first(where: { $0.declaration.name == name }) { return .command(leaf) }
        let synonym = entries.first { entry in
            guard case .command(let leaf) = entry else { return false }
            return leaf.declaration.synonyms.contains(name)
        }
        let near =
            synonym?.name ?? Suggestion.closest(to: name, among: entries.map(\.name) + ["help"])
        throw UsageError(
            "unknown command '\(name)'",
            hint: near.map { "did you mean '\($0)'?" } ?? "'\(program) help' lists the commands")
    }

    func command(named name: String?, in group: String, of commands: [Leaf]) throws(UsageError) -> Leaf {
        let names = commands.map(\.declaration.name)
        let choices = "one of: \(names.map { "\(program) \(group) \($0)" }.joined(separator: ", "))"
        guard let name else { throw UsageError("'\(program) \(group)' needs a command", hint: choices) }
        if let leaf = commands.first(where: { $0.declaration.name == name }) { return leaf }
        let near =
            commands.first { $0.declaration.synonyms.contains(name) }?.declaration.name
            ?? Suggestion.closest(to: name, among: names)
        throw UsageError(
            "unknown command '\(group) \(name)'",
            hint: near.map { "did you mean '\(group) \($0)'?" } ?? choices)
    }
}

extension WordReader {
    fileprivate mutating func remainingArguments() throws(UsageError) -> [String] {
        var words: [String] = []
        while let word = try nextArgument() { words.append(word) }
        return words
    }
}

extension ArgumentDeclaration {
    fileprivate var isRequired: Bool { if case .required = arity { true } else { false } }
}

extension CommandDeclaration {
    /// Gives each word to the argument whose place it stands at, and checks that nothing is missing.
    fileprivate func bind(
        _ words: [String], options given: [String: [String]], command: String, usage: String
    ) throws(UsageError) -> ParsedArguments {
        var values: [String: [String]] = [:]
        var placed = words
        for argument in arguments {
            guard let accepts = argument.accepts else { continue }
            values[argument.name] = placed.filter(accepts)
            placed.removeAll(where: accepts)
        }
        var rest = placed[...]
        for (index, argument) in arguments.enumerated() {
            if argument.accepts != nil {
                if case .repeated(let minimum) = argument.arity, values[argument.name]?.count ?? 0 < minimum {
                    throw argument.missing?(words)
                        ?? UsageError("'\(command)' needs \(argument.name)", hint: usage)
                }
                continue
            }
            let needed = arguments[(index + 1)...].count { $0.isRequired && $0.accepts == nil }
            let (longest, least) =
                switch argument.arity {
                case .required: (1, 1)
                case .optional: (1, 0)
                case .repeated(let minimum): (max(0, rest.count - needed), minimum)
                }
            let taken = rest.prefix(longest)
            guard taken.count >= least else {
                throw UsageError("'\(command)' needs \(argument.name)", hint: usage)
            }
            rest = rest.dropFirst(taken.count)
            values[argument.name] = Array(taken)
        }
        if let extra = rest.first {
            throw UsageError("'\(command)' does not expect '\(extra)'", hint: usage)
        }
        if let missing = options.first(where: { $0.isRequired && given[$0.name] == nil }) {
            throw UsageError("'\(command)' needs --\(missing.name) \(missing.value ?? "")", hint: usage)
        }
        return ParsedArguments(declaration: self, optionValues: given, argumentValues: values)
    }
}
