internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// An article and its annotations as HTML that is XML as well, for the site and the book.
struct ArticleMarkup {
    let title: String
    let byline: String
    let language: String?
    let body: String
    let notes: String

    init(_ document: ExportDocument) {
        let record = document.record
        title = TextMarkup.escaped(record.caption)
        let facts = ["author", "date", "publisher"].compactMap { record.line($0) }.map(TextMarkup.escaped)
        byline = facts.joined(separator: " · ")
        language = record.line("language").flatMap {
            $0.utf8.allSatisfy { ASCII.isAlphanumeric($0) || $0 == 0x2D } ? $0 : nil
        }
        let placed = document.parts.filter { $0.record.kind == "annotation" && $0.passage != nil }
            .sorted { ($0.passage?.lowerBound ?? 0) < ($1.passage?.lowerBound ?? 0) }
        let marks = placed.enumerated().compactMap { index, part in
            part.passage.map { TextMarkup.Mark(range: $0, number: index + 1) }
        }
        body =
            TextMarkup(
                record.line("body") ?? record.line("text") ?? record.line("abstract") ?? "", marks: marks
            ).html
        let others = document.parts.filter { part in
            part.record.kind == "note" || part.record.kind == "annotation" && part.passage == nil
        }
        notes = (placed + others).enumerated().map {
            Self.note($1, number: $0 + 1, isPlaced: $0 < placed.count)
        }.joined()
    }

    /// Its address as a link, where a click does no harm.
    static func link(of record: ExportRecord) -> String? {
        let address = record.line("url") ?? record.line("doi").map { "https://doi.org/" + $0 }
        guard let address, SourceValue.isWebAddress(.string(address)) else { return nil }
        let text = TextMarkup.escaped(address)
        return "<a href=\"\(text)\">\(text)</a>"
    }

    private static func note(_ part: ExportDocument.Part, number: Int, isPlaced: Bool) -> String {
        let record = part.record
        var out = "<li id=\"note-\(number)\">"
        if let quote = record.quotedText {
            out += "<blockquote><p>" + TextMarkup.escaped(quote) + "</p></blockquote>\n"
            if !isPlaced { out += "<p class=\"lost\">This passage is no longer in the text.</p>\n" }
        }
        if let title = record.line("title") { out += "<h3>" + TextMarkup.escaped(title) + "</h3>\n" }
        if let text = record.line("text") { out += TextMarkup(text, headingLevel: 4).html }
        let tags = record.tags.map { "<span class=\"tag\">" + TextMarkup.escaped($0) + "</span>" }.joined(
            separator: " ")
        if !tags.isEmpty { out += "<p class=\"tags\">" + tags + "</p>\n" }
        let by = [record.line("author") ?? part.author, record.line("date") ?? part.day].filter {
            !$0.isEmpty
        }
        return out + "<p class=\"by\">" + TextMarkup.escaped(by.joined(separator: " · ")) + "</p></li>\n"
    }
}

extension ExportRecord {
    /// The passage that an annotation quotes.
    var quotedText: String? {
        guard let json = fields.first(where: { $0.name == "quote" })?.value else { return nil }
        return (try? JSONParser(options: .bigNumbersAsStrings).parse(json[...]))?["exact"]?.string
    }
}
