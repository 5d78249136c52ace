/// What every command accepts, before or after its name.
struct GlobalOptions: Equatable, Sendable {
    /// A path; `nil` when the environment or the nearest `.quipu` upwards decides.
    let archive: String?
    /// `nil` when the environment, a setting or the login name decides.
    let author: String?
    let json: Bool
    let quiet: Bool
    /// Times for people in UTC rather than in this machine's zone.
    let utc: Bool
    let noPager: Bool
    /// The command in words, for the log.
    let words: String
    /// `nil` when a setting or the environment decides.
    let color: ColorChoice?

    static let declarations: [OptionDeclaration] = [
        .option(
            "archive", value: "PATH",
            "the archive's folder; else $QUIPU_ARCHIVE, else the nearest .quipu upwards", takes: .folder),
        .option(
            "as", value: "NAME",
            "who makes the edits; else $QUIPU_AUTHOR, the setting 'author', or the login name"),
        .flag("json", "print JSON: one object, or one per line in listings"),
        .flag("quiet", short: "q", "print results and errors only, no progress and no advice"),
        .option(
            "color", value: "WHEN", "when to use colours; by default on a terminal",
            choices: ColorChoice.allCases.map(\.rawValue)),
        .flag("utc", "show times in UTC, not in local time"),
        .flag("no-pager", "print also what is longer than the screen directly"),
        .flag("help", short: "h", "show this help"),
    ]

    /// Those that have an effect on a command.
    static func declarations(of command: CommandDeclaration) -> [OptionDeclaration] {
        declarations.filter { $0.name != "as" || command.makesEdits }
    }

    init(optionValues: [String: [String]], words: String = "") {
        self.words = words
        archive = optionValues["archive"]?.last
        author = optionValues["as"]?.last
        json = optionValues["json"] != nil
        quiet = optionValues["quiet"] != nil
        color = optionValues["color"]?.last.flatMap { ColorChoice(rawValue: $0) }
        utc = optionValues["utc"] != nil
        noPager = optionValues["no-pager"] != nil
    }
}
