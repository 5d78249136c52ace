internal import QuipuCausality
internal import QuipuStorage

/// How texts call a record.
enum RecordText {
    /// `article 3k9x7t2m`.
    static func name(_ record: Record) -> String { name(record.id, kind: record.kind) }

    static func name(_ id: RecordID, kind: String) -> String {
        "\(TerminalSanitizer.line(kind)) \(id.shortHandle)"
    }

    /// `article 3k9x7t2m “Its title”`.
    static func title(_ record: Record, columns: Int = 60) -> String {
        title(record.id, kind: record.kind, caption: record.caption, columns: columns)
    }

    static func title(_ id: RecordID, kind: String, caption: String?, columns: Int = 60) -> String {
        let name = name(id, kind: kind)
        guard let caption = caption.map(TerminalSanitizer.line), !caption.isEmpty else { return name }
        return "\(name) “\(DisplayWidth.cut(caption, to: columns))”"
    }

    /// `2 annotations and 1 note`; nil for none.
    static func counts(_ records: [Record]) -> String? {
        var counts: [(kind: String, count: Int)] = []
        for record in records {
            if let place = counts.firstIndex(where: { $0.kind == record.kind }) {
                counts[place].count += 1
            } else {
                counts.append((record.kind, 1))
            }
        }
        return list(counts.map { count($0.count, $0.kind) })
    }

    /// `1 article`, `2 articles`.
    static func count(_ number: Int, _ noun: String) -> String {
        counted(number, TerminalSanitizer.line(noun))
    }

    /// `a`, `a and b`, `a, b and c`; nil for none.
    static func list(_ parts: [String]) -> String? {
        guard let last = parts.last else { return nil }
        return parts.count == 1 ? last : "\(parts.dropLast().joined(separator: ", ")) and \(last)"
    }
}

extension TransactionName {
    /// For people: the first eight digits of the origin and the sequence.
    var shortText: String { "\(origin.hexadecimal.prefix(8)):\(sequence)" }
}
