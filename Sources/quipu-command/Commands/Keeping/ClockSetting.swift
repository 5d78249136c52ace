internal import Quipu

/// `quipu config clock`: whether this machine's clock is right, kept in the archive's settings for this machine.
enum ClockSetting {
    /// - Parameter isTrusted: nil shows it.
    static func run(_ isTrusted: Bool?, in context: Context) throws {
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
    }
}
