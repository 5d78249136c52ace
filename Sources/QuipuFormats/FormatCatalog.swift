/// The formats of other programs that are read, in the order in which they are tried. Their readers run in a process of
/// their own; plain text, Markdown and JSON without a known producer do not.
public enum FormatCatalog {
    public static let all: [FormatEntry] = [
        .hypothesis, .w3c,
        .wallabag, .omnivore, .readwise, .pocket, .instapaper,
        .zotero, .csl, .ris, .bibtex,
        // Last: any table.
        .csv,
    ]

    public static func entry(of format: SourceFormat) -> FormatEntry? { all.first { $0.format == format } }

    static func recognise(_ start: SourceStart) -> FormatEntry? { all.first { $0.isRecognised(start) } }
}
