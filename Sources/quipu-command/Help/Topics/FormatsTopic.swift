internal import Quipu

extension CommandSet {
    /// `quipu help formats`, written from what import goes by.
    static var formatsTopic: Topic {
        Topic(
            name: "formats", abstract: "what import reads and export writes, and the names of fields",
            blocks: [
                .paragraph(
                    "Import detects the format from the content; a file's name counts only where the content leaves it open."
                ),
                .heading("Read"),
                .rows(
                    [
                        ("text", "plain text: paragraphs between blank lines, each an article"),
                        (
                            "jsonl",
                            "JSON objects: one a line, in an array, after one another, or in the one array of an object "
                                + "(answers of news services)"
                        ),
                        (
                            "markdown",
                            "Markdown: a file, or those of a folder, with front matter in YAML (---), TOML (+++) or JSON"
                        ),
                    ] + foreignFormats.map { ($0.rawValue, $0.summary) }),
                .paragraph(
                    "UTF-8, and UTF-16, which is converted. Formats that are recognised but not read (Office documents, images and "
                        + "others) are refused by name; --format text takes any text as it is. Formats of other programs are "
                        + "read in a process of their own, without network and files."
                ),
                .paragraph(
                    "An import adds and changes, and never takes away: a tag, a field or an item that the source no longer has stays in "
                        + "the archive."),
                .paragraph(
                    "The exit code of an import is 0 where all came that the source has, also where the report names what was "
                        + "read otherwise than it stands there: converted, mended, a wrong length. It is 1 where an item did not "
                        + "come, or not whole: it cannot be read, or the file is cut."),
                .heading("Written"),
                .rows([
                    ("jsonl", "a record a line; lossless"),
                    (
                        "markdown",
                        "a folder with a file for each article, its annotations and notes in a section at the end; lossless. Import "
                            + "reads a remark that was changed there; the rest of an annotation is in a comment"
                    ),
                    (
                        "site",
                        "a folder of pages for a browser, without a server: lists by date, collection and tag, and a search"
                    ),
                    ("epub", "a book: a chapter for each article, with its annotations"),
                    ("w3c", "annotations, and notes on articles, as JSON-LD (W3C Web Annotation)"),
                    (
                        "ris, csl, biblatex",
                        "articles for reference managers; bibtex is another name for biblatex. ris has the notes of each article "
                            + "as N1, which import reads back: their text, no tags, no annotations, and no formatting"
                    ),
                    (
                        "csv",
                        "a row for each record; --for-spreadsheets keeps a spreadsheet from taking text for formulas"
                    ),
                ]),
                .paragraph("What a format has no place for is counted and named after the export."),
                .paragraph(
                    "An import deletes nothing: what is missing in an export that is imported again, such as a remark or a tag "
                        + "that was removed there, stays in the archive. The first import of an own export counts records as "
                        + "updated, since it notes values that were written by hand as read; what is shown does not change, and "
                        + "the next import of it counts them as unchanged."),
                .heading("Fields, and the names under which others have them: JSON and Markdown"),
                .rows(ImportFormat.fieldNames.map { ($0.field, $0.names.joined(separator: ", ")) }),
                .paragraph(
                    "url takes an address that a reader can follow, doi a DOI in any spelling, which becomes "
                        + "10.1000/182 in small letters. What is neither (a script, 'see PDF') is kept under x- and its name, and said."
                ),
                .paragraph(
                    "Capitals, and the _, -, . or space between words, make no difference: publishedAt is published_at. "
                        + "The first name of a row with a usable value is taken; everything else is kept under x- and its "
                        + "name."),
                .paragraph(
                    "Dates: ISO 8601, RFC 822, 'May 6, 2024', and seconds or milliseconds since 1970. One that lacks a "
                        + "zone keeps its day, and stays as written under x-."),
            ] + foreignFormats.filter { !$0.fields.isEmpty }.flatMap(blocks))
    }

    private static var foreignFormats: [ImportFormat] {
        ImportFormat.readable.filter { ![.text, .jsonl, .markdown].contains($0) }
    }

    /// Which names of a format become which field.
    private static func blocks(_ format: ImportFormat) -> [HelpBlock] {
        [
            .heading("Fields of \(format.rawValue): \(format.summary)"),
            .rows(format.fields.map { ($0.field, $0.names.joined(separator: ", ")) }),
        ]
    }
}
