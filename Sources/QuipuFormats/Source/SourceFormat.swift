/// The formats that an import takes, by the names that `--format` knows them by.
public enum SourceFormat: String, Sendable, CaseIterable {
    case text
    /// JSON Lines; also one JSON array of objects.
    case jsonl
    case markdown
    // Reference managers.
    case zotero, csl, ris, bibtex
    // Pages and archives of pages.
    case html, warc, wacz
    // RSS, Atom, RSS 1.0 and JSON Feed.
    case feed
    // Annotations.
    case hypothesis, w3c
    // Read-later services and bookmarks.
    case wallabag, omnivore, readwise, pocket, instapaper, bookmarks
    // Tables, documents, mail.
    case csv, epub, pdf, enex, mail

    public init(named name: String) throws(InterchangeError) {
        guard let format = SourceFormat(rawValue: name) else {
            throw InterchangeError(
                code: .unknownFormat, operation: "import", path: name, message: "there is no such format",
                hint: "The formats are \(SourceFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        self = format
    }
}
