/// The name of a setting, and what it may be set to.
enum SettingKey: Equatable, Sendable {
    case author, pager, editor, color, time
    /// `alias.NAME`: a word that stands for a command with its first words.
    case alias(String)

    static let names = ["author", "pager", "editor", "color", "time"]
    static let aliasPrefix = "alias."

    /// - Throws: `UsageError` for a key that there is not.
    init(_ text: String) throws(UsageError) {
        switch text {
        case "author": self = .author
        case "pager": self = .pager
        case "editor": self = .editor
        case "color": self = .color
        case "time": self = .time
        case _ where text.hasPrefix(Self.aliasPrefix):
            self = .alias(try Self.aliasName(String(text.dropFirst(Self.aliasPrefix.count))))
        default:
            let near = Suggestion.closest(to: text, among: Self.names + ["clock", "alias"])
            throw UsageError(
                "there is no setting '\(TerminalSanitizer.line(text))'",
                hint: near.map { "did you mean '\($0 == "alias" ? "alias.NAME" : $0)'?" }
                    ?? "there are: \((Self.names + ["alias.NAME", "clock"]).joined(separator: ", "))")
        }
    }

    var text: String {
        switch self {
        case .author: "author"
        case .pager: "pager"
        case .editor: "editor"
        case .color: "color"
        case .time: "time"
        case .alias(let name): Self.aliasPrefix + name
        }
    }

    /// Whether it makes the program run something. The folder of an archive, which may come from elsewhere, has no say in
    /// that.
    var isOfUserOnly: Bool {
        switch self {
        case .pager, .editor, .alias: true
        case .author, .color, .time: false
        }
    }

    /// The value as it is kept.
    ///
    /// - Parameter isNew: somebody sets it now. What an alias may stand for is looked at only then: a later version has
    ///   further commands, and they go before aliases that are there.
    /// - Throws: `UsageError` for one that it cannot have.
    func checked(_ value: String, isNew: Bool = true) throws(UsageError) -> String {
        guard TerminalSanitizer.paragraphs(value) == value, !value.contains(where: \.isNewline) else {
            throw UsageError("a setting is one line of plain text", hint: "quipu config \(text) VALUE")
        }
        switch self {
        case .author: return try AuthorName.checked(value, source: "the setting 'author'")
        case .pager:
            // Empty: nothing is paged.
            if CommandWords.split(value) == nil { throw Self.unclosed(value) }
        case .editor:
            guard let words = CommandWords.split(value) else { throw Self.unclosed(value) }
            if words.isEmpty { throw UsageError("an editor is a command", hint: "quipu config editor nano") }
        case .color: try Self.require(value, among: ColorChoice.allCases.map(\.rawValue), of: text)
        case .time: try Self.require(value, among: ["local", "utc"], of: text)
        case .alias(let name): if isNew { try Self.requireCommand(value, for: name) }
        }
        return value
    }

    private static func require(
        _ value: String, among choices: [String], of key: String
    ) throws(UsageError) {
        guard !choices.contains(value) else { return }
        let near = Suggestion.closest(to: value, among: choices)
        throw UsageError(
            "'\(key)' cannot be '\(TerminalSanitizer.line(value))'",
            hint: near.map { "did you mean '\($0)'?" } ?? "it is one of: \(choices.joined(separator: ", "))")
    }

    private static func unclosed(_ value: String) -> UsageError {
        UsageError("a quotation mark is not closed in: \(TerminalSanitizer.line(value))")
    }

    private static func aliasName(_ name: String) throws(UsageError) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
        guard isPlain, !name.isEmpty, !name.hasPrefix("-"), name.utf8.count <= 64 else {
            throw UsageError(
                "'\(TerminalSanitizer.line(name))' is no name for an alias",
                hint: "use letters, digits, - and _, as in: quipu config alias.recent 'log --limit 10'")
        }
        return name
    }

    /// An alias adds a word, changes none, and stands for a command itself: nothing is expanded twice.
    private static func requireCommand(_ value: String, for name: String) throws(UsageError) {
        let set = CommandSet.quipu
        let names = set.entries.map(\.name) + set.hidden.map(\.declaration.name) + ["help"]
        if names.contains(name) {
            throw UsageError(
                "'\(name)' is a command, and an alias cannot take its place", hint: "choose another name")
        }
        guard let words = CommandWords.split(value) else { throw unclosed(value) }
        guard let first = words.first else {
            throw UsageError(
                "an alias stands for a command", hint: "quipu config alias.\(name) 'log --limit 10'")
        }
        guard names.contains(first) else {
            let near = Suggestion.closest(to: first, among: names)
            throw UsageError(
                "an alias begins with a command, and '\(TerminalSanitizer.line(first))' is none",
                hint: near.map { "did you mean '\($0)'?" }
                    ?? "as in: quipu config alias.\(name) 'log --limit 10'")
        }
    }
}
