internal import Quipu

/// The name of somebody who edits.
enum AuthorName {
    /// In normal form C.
    ///
    /// - Parameter source: where it was given.
    /// - Throws: `UsageError` for nobody, and for what is too long or no plain line of text.
    static func checked(_ name: String, source: String) throws(UsageError) -> String {
        let name = name.inNormalFormC
        guard name.utf8.count <= ArchiveLimits.authorBytes else {
            throw UsageError(
                "\(source) is too long for an author",
                hint: "at most \(ArchiveLimits.authorBytes) bytes are kept")
        }
        // Names are printed by everyone who syncs; what is no plain line of text is no name.
        guard TerminalSanitizer.line(name) == name, !name.isEmpty else {
            throw UsageError(
                "\(source) is no author's name", hint: "give one line of plain text, as --as 'Ana Ruiz'")
        }
        return name
    }
}
