/// Walks over the words of a command line, taking options out and handing arguments on.
///
/// As in swift-argument-parser and getopt: `--name value`, `--name=value`, `-n value`, `-n=value`; `--` ends
/// the options; a lone `-` is an argument. The next word is an option's value even when it begins with "-",
/// unless it spells an option known here: then the value was forgotten (`--name=--json` still says it).
struct WordReader {
    private var rest: ArraySlice<String>
    private var optionsEnded = false
    /// The options understood at this point; a command adds its own once it is known.
    var known: [OptionDeclaration]
    /// Whether words that begin with one "-" may be values; they are from the first argument or `--query` on.
    var takesDashes = false
    private var dashesAreValues = false
    var dashesAreTerms = false
    /// The words that called the command so far, for messages.
    var path: [String]
    private(set) var values: [String: [String]] = [:]

    init(_ words: [String], known: [OptionDeclaration], program: String) {
        rest = words[...]
        self.known = known
        path = [program]
    }

    /// Reads options up to the next argument and returns that; `nil` at the end.
    mutating func nextArgument() throws(UsageError) -> String? {
        while let word = rest.popFirst() {
            if optionsEnded || !word.hasPrefix("-") || word == "-" {
                dashesAreValues = takesDashes
                return word
            }
            if word == "--" {
                optionsEnded = true
            } else if dashesAreValues && !word.hasPrefix("--") {
                guard !known.contains(where: { $0.isSpelled(word) }) else { throw ambiguous(word) }
                return word
            } else if dashesAreTerms && isTerm(word) {
                return word
            } else {
                try readOption(word)
            }
        }
        return nil
    }

    /// Whether a word that begins with "-" is no option, nor one with its value behind it.
    private func isTerm(_ word: String) -> Bool {
        let spelled = word.unicodeScalars.dropFirst()
        guard !word.hasPrefix("--"), spelled.count > 1, let first = spelled.first else { return false }
        let isShort = known.contains { $0.short.map { $0.unicodeScalars.first == first } == true }
        return !(isShort && spelled.dropFirst().allSatisfy { "0"..."9" ~= $0 || $0 == "=" })
    }

    /// A short option where words with one dash are values.
    private func ambiguous(_ word: String) -> UsageError {
        let command = path.joined(separator: " ")
        return UsageError(
            "\(word) after an argument may be the option or a value",
            hint:
                "write the option before the argument: \(command) \(word) …; a value after --: \(command) … -- \(word)"
        )
    }

    private mutating func readOption(_ word: String) throws(UsageError) {
        // By bytes: "=" and a combining mark after it are one character, which would hide the "=".
        let equals = word.utf8.firstIndex(of: UInt8(ascii: "="))
        let spelled = String(word[..<(equals ?? word.endIndex)])
        let attached = equals.map { String(word[word.utf8.index(after: $0)...]) }
        guard let option = known.first(where: { $0.isSpelled(spelled) }) else { throw unknown(spelled) }
        if option.value == nil {
            guard attached == nil else { throw UsageError("\(spelled) takes no value", hint: usageHint) }
            values[option.name] = [""]
            return
        }
        let value = if let attached { attached } else { try followingValue(of: option, spelled: spelled) }
        if !option.choices.isEmpty && !option.choices.contains(value) {
            let near = Suggestion.closest(to: value, among: option.choices)
            throw UsageError(
                "\(spelled) does not know '\(value)'",
                hint: near.map { "did you mean '\($0)'?" }
                    ?? "it takes one of: \(option.choices.joined(separator: ", "))")
        }
        guard !value.isEmpty else {
            throw UsageError(
                "\(spelled) is empty", hint: "write \(spelled) \(option.value ?? "VALUE"), or leave it out")
        }
        guard option.isRepeated || values[option.name] == nil else {
            throw UsageError("\(spelled) is given twice", hint: "only one value counts; leave the other out")
        }
        values[option.name, default: []].append(value)
        if option.name == "query" { dashesAreValues = takesDashes }
    }

    private mutating func followingValue(
        of option: OptionDeclaration, spelled: String
    ) throws(UsageError) -> String {
        if let next = rest.first, next != "--", !known.contains(where: { $0.isSpelled(next) }) {
            rest.removeFirst()
            return next
        }
        throw UsageError(
            "\(spelled) needs a value", hint: "write \(spelled) \(option.value ?? "VALUE")")
    }

    /// Fails when an option was read that is none of these, as before the command's name was known.
    func requireKnown(_ options: [OptionDeclaration]) throws(UsageError) {
        let foreign = values.keys.filter { name in !options.contains { $0.name == name } }.sorted()
        if let first = foreign.first { throw unknown("--\(first)") }
    }

    private func unknown(_ spelled: String) -> UsageError {
        // It once said who makes an edit; where it is declared, it chooses among what others wrote.
        if spelled == "--author" {
            return UsageError(
                "'\(path.joined(separator: " "))' has no option --author",
                hint: "to say who makes an edit, write --as NAME")
        }
        if spelled == "--last", path.last == "undo" {
            return UsageError(
                "unknown option '--last' for 'quipu undo'",
                hint: "quipu undo without an entry undoes the last")
        }
        let near = Suggestion.closest(to: spelled, among: known.map { "--\($0.name)" })
        let place = path.count > 1 ? " for '\(path.joined(separator: " "))'" : ""
        return UsageError(
            "unknown option '\(spelled)'\(place)",
            hint: near.map { "did you mean '\($0)'?" } ?? usageHint)
    }

    /// Where to read more about the command in hand.
    var usageHint: String {
        "'\(([path[0], "help"] + path.dropFirst()).joined(separator: " "))' shows what it takes"
    }
}

extension OptionDeclaration {
    /// Whether the word, dashes included, is this option.
    fileprivate func isSpelled(_ word: String) -> Bool {
        word == "--\(name)" || short.map { word == "-\($0)" } == true
    }
}
