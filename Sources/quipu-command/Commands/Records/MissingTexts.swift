internal import QuipuCausality
internal import QuipuStorage

/// How texts call those that should be here and are not.
enum MissingTextNames {
    /// So many are named; all are counted.
    private static let most = 3

    /// `body of article 3k9x7t2m “Its title” (deleted), and 2 more`; nil when none is missing.
    static func text(in store: Store) throws -> String? {
        let found = try store.texts.missing(limit: most)
        if found.isEmpty { return nil }
        let names = found.map { missing in
            "\(TerminalSanitizer.line(missing.field)) of \(RecordText.title(missing.record, columns: 40))"
                + (missing.record.isDeleted ? " (deleted)" : "")
        }
        let further = try store.texts.missingCount - found.count
        return names.joined(separator: ", ") + (further > 0 ? ", and \(further) more" : "")
    }
}
