/// The format of an export that is one stream of bytes.
public enum ExportFormat: String, Sendable, CaseIterable {
    /// One record a line, of every kind; imported into an empty archive it gives the same content.
    case jsonLines = "jsonl"
    /// Annotations, and notes on articles, as JSON-LD of the W3C.
    case w3c
    /// Articles as RIS.
    case ris
    /// Articles as CSL-JSON.
    case csl
    /// Articles as BibLaTeX.
    case biblatex
    /// A row for each record.
    case csv
    /// A book of articles with their annotations.
    case epub

    /// Whether an import of it into an empty archive gives an equal content digest.
    public var isLossless: Bool { self == .jsonLines }
}

/// The format of an export that is a folder of files.
public enum FolderFormat: String, Sendable, CaseIterable {
    /// A file for each article with its annotations and notes, and one for each other record; imported into an empty archive it
    /// gives the same content.
    case markdown
    /// Pages to read without a server, with lists by collection, tag and date, and a search.
    case site

    /// Whether an import of it into an empty archive gives an equal content digest.
    public var isLossless: Bool { self == .markdown }
}

/// The records and files that an export wrote.
public struct ExportReport: Sendable {
    public let records: Int
    /// Texts that are missing from this mirror and therefore from the export.
    public let missingTexts: Int
    /// Attachments, whose files are not part of the export.
    public let attachments: Int
    /// How many values of each field the format has no place for.
    public let omittedFields: [String: Int]
    /// How many records of each kind the format has no place for.
    public let omittedRecords: [String: Int]
}

/// The effect of an export on files that its folder already held.
public struct ExportFolderReport: Sendable {
    /// Files of records that no longer exist or have another name; removed.
    public let removedFiles: Int
    /// Files that were edited by hand and belong to no record any more; kept.
    public let changedFiles: [String]
    /// Files that were edited by hand and moved aside, by their new names.
    public let setAsideFiles: [String]
    /// The first few Markdown files that no export of this archive wrote, and their number; none for a site.
    public let otherFiles: [String]
    public let otherFileCount: Int
}
