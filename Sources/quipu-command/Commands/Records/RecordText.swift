internal import Quipu

/// How texts call a record.
enum RecordText {
    /// `article 3k9x7t2m`.
    static func name(_ record: Record) -> String { name(record.id) }

    static func name(_ id: RecordID) -> String { "\(TerminalSanitizer.line(id.kind.rawValue)) \(id.handle)" }

    /// `article 3k9x7t2m “Its title”`.
    static func title(_ record: Record, columns: Int = 60) -> String {
        title(record.id, caption: record.caption, columns: columns)
    }

    static func title(_ id: RecordID, caption: String?, columns: Int = 60) -> String {
        let name = name(id)
        guard let caption = caption.map(TerminalSanitizer.line), !caption.isEmpty else { return name }
        return "\(name) “\(DisplayWidth.cut(caption, to: columns))”"
    }

    /// `2 annotations and 1 note`; nil for none.
    static func counts(_ kinds: [RecordKind]) -> String? {
        var counts: [(kind: RecordKind, count: Int)] = []
        for kind in kinds {
            if let place = counts.firstIndex(where: { $0.kind == kind }) {
                counts[place].count += 1
            } else {
                counts.append((kind, 1))
            }
        }
        return list(counts.map { count($0.count, $0.kind.rawValue) })
    }

    /// `1 article`, `2 articles`.
    static func count(_ number: Int, _ noun: String) -> String {
        counted(number, TerminalSanitizer.line(noun))
    }

    /// `a`, `a and b`, `a, b and c`; nil for none.
    static func list(_ parts: [String]) -> String? { listed(parts) }
}
