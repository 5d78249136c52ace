internal import Quipu

extension CommandSet {
    /// `quipu help formats`, written from what import goes by.
    static var formatsTopic: Topic {
        Topic(
            name: "formats", abstract: "what import reads, and the names that it knows a field by",
            blocks: [
                .paragraph("Import detects the format from the content, never from the file's name."),
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
                .heading("Fields, and the names under which others have them: JSON and Markdown"),
                .rows(ImportFormat.fieldNames.map { ($0.field, $0.names.joined(separator: ", ")) }),
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
