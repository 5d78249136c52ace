internal import QuipuFormats

/// The formats that an import reads.
public enum ImportFormat: String, Sendable, CaseIterable {
    case text
    /// JSON Lines and other JSON.
    case jsonl
    case markdown
    case zotero, csl, ris, bibtex
    case html, warc, wacz
    /// RSS, Atom and JSON Feed.
    case feed
    case hypothesis, w3c
    case wallabag, omnivore, readwise, pocket, instapaper, bookmarks
    case csv, epub, pdf, enex, mail

    /// Those that this version reads, in the order in which they are described.
    public static var readable: [ImportFormat] { allCases.filter(\.isReadable) }

    /// Whether this version reads it.
    public var isReadable: Bool {
        [.text, .jsonl, .markdown].contains(self) || FormatCatalog.entry(of: stored) != nil
    }

    /// What a file of it is called, with its article: "a RIS file".
    public var summary: String {
        switch self {
        case .text: "plain text"
        case .jsonl: "JSON Lines and other JSON"
        case .markdown: "Markdown"
        default: FormatCatalog.entry(of: stored)?.name ?? rawValue
        }
    }

    /// The fields of an article with the names that the format has for them, as it writes them.
    public var fields: [(field: String, names: [String])] {
        switch self {
        case .text: []
        case .jsonl, .markdown: Self.fieldNames
        default: FormatCatalog.entry(of: stored)?.fields ?? []
        }
    }

    /// The fields of an article with the names that other programs use for them, most preferred first.
    public static var fieldNames: [(field: String, names: [String])] {
        FieldNames.table.map { ($0.field, $0.names) }
    }

    var stored: SourceFormat {
        switch self {
        case .text: .text
        case .jsonl: .jsonl
        case .markdown: .markdown
        case .zotero: .zotero
        case .csl: .csl
        case .ris: .ris
        case .bibtex: .bibtex
        case .html: .html
        case .warc: .warc
        case .wacz: .wacz
        case .feed: .feed
        case .hypothesis: .hypothesis
        case .w3c: .w3c
        case .wallabag: .wallabag
        case .omnivore: .omnivore
        case .readwise: .readwise
        case .pocket: .pocket
        case .instapaper: .instapaper
        case .bookmarks: .bookmarks
        case .csv: .csv
        case .epub: .epub
        case .pdf: .pdf
        case .enex: .enex
        case .mail: .mail
        }
    }
}
