internal import Quipu

/// How texts call those that should be here and are not.
enum MissingTextNames {
    /// `body of article 3k9x7t2m “Its title” (deleted), and 2 more`; nil when none is missing.
    ///
    /// - Parameters:
    ///   - count: of all.
    ///   - first: those that are named.
    static func text(_ count: Int, _ first: [MissingText]) -> String? {
        if first.isEmpty { return nil }
        let names = first.map { missing in
            "\(TerminalSanitizer.line(FieldTitle.of(missing.field))) of \(RecordText.title(missing.record, columns: 40))"
                + (missing.record.isDeleted ? " (deleted)" : "")
        }
        let further = count - first.count
        return names.joined(separator: ", ") + (further > 0 ? ", and \(further) more" : "")
    }
}

extension ArchiveStatus {
    /// How many bytes of missing texts wait, and on which mirrors: `, 1.2 MB at origin`; empty where that is not known.
    var waitingPlace: String {
        if waitingTextBytes == 0 { return "" }
        let places = waitingTextRemotes.map { TerminalSanitizer.line($0) }.joined(separator: ", ")
        return ", \(SizeText.of(bytes: waitingTextBytes))" + (places.isEmpty ? "" : " at \(places)")
    }
}
