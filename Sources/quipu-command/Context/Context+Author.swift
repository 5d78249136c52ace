internal import Quipu

extension Context {
    /// Who makes the edits: `--author`, else `QUIPU_AUTHOR`, else the login name.
    /// - Throws: `UsageError` when that is nobody, too long or no name.
    func author() throws(UsageError) -> String {
        if let name = options.author { return try Self.checked(name, source: "--author") }
        if let name = variable("QUIPU_AUTHOR") { return try Self.checked(name, source: "QUIPU_AUTHOR") }
        guard let name = loginName() ?? variable("USER") ?? variable("LOGNAME") else {
            throw UsageError(
                "nobody knows who makes this edit", hint: "say it with --author NAME, or set QUIPU_AUTHOR")
        }
        return try Self.checked(name, source: "the login name")
    }

    private static func checked(_ name: String, source: String) throws(UsageError) -> String {
        let name = name.inNormalFormC
        guard name.utf8.count <= ArchiveLimits.authorBytes else {
            throw UsageError(
                "\(source) is too long for an author",
                hint: "at most \(ArchiveLimits.authorBytes) bytes are kept")
        }
        // Names are printed by everyone who syncs; what is no plain line of text is no name.
        guard TerminalSanitizer.line(name) == name, !name.isEmpty else {
            throw UsageError(
                "\(source) is no author's name", hint: "give one line of plain text, as --author 'Ana Ruiz'")
        }
        return name
    }
}
