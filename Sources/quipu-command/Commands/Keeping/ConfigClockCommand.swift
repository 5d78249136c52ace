internal import Quipu

struct ConfigClockCommand: Command {
    static let declaration = CommandDeclaration(
        "clock", abstract: "say whether this machine's clock is right",
        arguments: [
            .optional(
                "trusted|measured",
                "declare it right, or have it measured again; by default show which it is",
                takes: .choice(["trusted", "measured"]))
        ],
        example: "quipu config clock trusted",
        discussion: """
            A clock that the system synchronises with a time server is assumed to be right, and so is one that is \
            trusted here: it is never corrected, and mirrors whose clocks are far off correct theirs by it when \
            they sync with this one. Any other clock is measured: if it differs by more than a day from one that \
            is right, times are corrected by the difference, including those of edits made since this machine was \
            started. Trust only a clock that you have checked. The setting applies to this archive on this machine.
            """)

    private let isTrusted: Bool?

    init(_ values: ParsedArguments) throws(UsageError) {
        switch values.optionalArgument("trusted|measured") {
        case nil: isTrusted = nil
        case "trusted": isTrusted = true
        case "measured": isTrusted = false
        case let word?:
            throw UsageError(
                "a clock is trusted or measured, not '\(word)'", hint: "quipu config clock trusted")
        }
    }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archive(isTrusted == nil ? .readOnly : .readWrite)
        if let isTrusted { try archive.trustClock(isTrusted) }
        let clock = try archive.clock()
        let word = clock.isTrusted ? "trusted" : "measured"
        let isSynchronized = context.environment.isClockSynchronized
        let offset = clock.offsetMilliseconds
        context.output.json([
            "clock": JSONText(word), "synchronized": JSONText(isSynchronized),
            "offsetMilliseconds": JSONText(offset),
        ])
        var line = word
        line += isSynchronized ? "; the system synchronises it with a time server" : ""
        if offset != 0 { line += "; corrected: \(ClockText.standing(milliseconds: offset))" }
        context.output.line(line)
        return .done
    }
}
