internal import QuipuCanonicalJSON

/// An article with what belongs to it, for exports that people read.
public struct ExportDocument: Sendable {
    /// An annotation or a note.
    public struct Part: Sendable {
        public let record: ExportRecord
        /// Who added it.
        public let author: String
        /// `YYYY-MM-DD`, when it was added, in UTC.
        public let day: String
        /// Where an annotation is in the article's `body`, in code points of the text with line ends as LF and in normal form C;
        /// nil where it has no place there.
        public let passage: Range<Int>?

        public init(record: ExportRecord, author: String, day: String, passage: Range<Int>? = nil) {
            self.record = record
            self.author = author
            self.day = day
            self.passage = passage
        }
    }

    public let record: ExportRecord
    public let parts: [Part]
    /// Names of the collections that it is in.
    public let collections: [String]

    public init(record: ExportRecord, parts: [Part] = [], collections: [String] = []) {
        self.record = record
        self.parts = parts
        self.collections = collections
    }
}

/// Writes articles with what belongs to them, one after another, and counts what the format has no place for. A record of its own
/// (`write(_:)` of `RecordWriter`) is one that belongs to no article that is written.
public protocol DocumentWriter: RecordWriter {
    /// - Throws: `InterchangeError` for one that cannot be written, and what the sink throws.
    mutating func write(_ document: ExportDocument) throws
}

extension ExportDocument {
    /// Fields of annotations and notes that a page for readers shows, or that only say where it shows them.
    private static let shownOfParts: Set<String> = [
        "title", "text", "author", "date", "quote", "position", "anchor", "target",
    ]

    /// The fields of its parts that a page for readers does not show.
    var unshownOfParts: [String] {
        parts.flatMap { part in
            part.record.fields.map(\.name).filter {
                !Self.shownOfParts.contains($0) && !$0.hasPrefix("tags/") && !$0.hasPrefix("from/")
            }
        }
    }
}

extension ExportRecord {
    /// A field as a line of text: a string, a number, or the elements of a list between semicolons.
    func line(_ name: String) -> String? {
        guard let json = fields.first(where: { $0.name == name })?.value else { return nil }
        if let text = decodeString(json) { return text.isEmpty ? nil : text }
        guard let value = try? JSONParser(options: .bigNumbersAsStrings).parse(json[...]) else { return nil }
        switch value {
        case .array(let elements):
            let texts = elements.compactMap { $0.string ?? $0["name"]?.string }
            return texts.isEmpty ? nil : texts.joined(separator: "; ")
        case .number: return value.canonicalText
        default: return nil
        }
    }

    var tags: [String] {
        fields.compactMap {
            $0.name.hasPrefix("tags/") && $0.value == Array("true".utf8) ? String($0.name.dropFirst(5)) : nil
        }.sorted()
    }

    /// The title, or what else the record is known by.
    var caption: String { line("title") ?? line("name") ?? line("url") ?? id }
}
