/// The formats of other programs that are read, in the order in which they are tried. Their readers run in a process of
/// their own; plain text, Markdown and JSON without a known producer do not.
public enum FormatCatalog {
    public static let all: [FormatEntry] = [
        .pdf, .epub, .wacz, .warc, .mail, .enex,
        .zotero, .csl, .ris, .bibtex,
        .hypothesis, .w3c,
        .wallabag, .omnivore, .readwise, .pocket, .instapaper,
        // Bookmarks are HTML too, and so is Pocket's page.
        .feed, .bookmarks, .html,
        // Last: any table.
        .csv,
    ]

    public static func entry(of format: SourceFormat) -> FormatEntry? {
        readable.first { $0.format == format }
    }

    static func recognise(_ start: SourceStart) -> FormatEntry? { readable.first { $0.isRecognised(start) } }

    private static let readable = (RehearsalReader.isEnabled ? [RehearsalReader.entry] : []) + all
}

extension ReaderService {
    /// Becomes a process that reads foreign bytes, and ends with it, if the program was started as one. To be called
    /// where a program begins, before it does anything else.
    package static func runIfAsked() {
        runIfAsked(FormatCatalog.entry) { library, pages in
            ZoteroLibraryReader(
                pages, name: pages.name, collection: library.collection, since: library.since)
        }
    }
}
