internal import Quipu

/// What others did, as it came with an exchange: a few entries of the log.
struct SyncNews {
    private static let mostNamed = 5

    private let archive: Archive
    private let position: Change.Position

    /// - Parameter position: where the log ended before the exchange.
    init(of archive: Archive, since position: Change.Position) {
        self.archive = archive
        self.position = position
    }

    func show(in output: Output) throws {
        if output.isJSON || output.isQuiet { return }
        try archive.read { snapshot in
            let entries = try snapshot.entriesOfOthers(after: position, limit: Self.mostNamed + 2)
            var table = TextTable([
                .init(title: ""), .init(title: "", canShrink: true), .init(title: "", styles: [.cyan]),
                .init(title: "", canShrink: true),
            ])
            // Where one is left, its line takes no more room than the words that there is more.
            let shown = entries.count > Self.mostNamed + 1 ? Self.mostNamed : entries.count
            for entry in entries.prefix(shown) {
                let author = entry.author + (entry.isByProgram ? " (by program)" : "")
                table.add([
                    .init(" "), .init(author), .init(entry.version.short),
                    .init(try entry.summary(in: snapshot)),
                ])
            }
            output.table(table)
            if entries.count > shown { output.advise("  and more: quipu log") }
        }
    }
}
