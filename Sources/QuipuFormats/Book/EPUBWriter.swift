/// A book of articles (EPUB 3.3): a chapter each, its annotations behind it, a table of contents by title.
public struct EPUBWriter: DocumentWriter {
    private var zip: ZIPWriter
    private let title: String
    private let identifier: String
    private let day: String
    private var chapters: [(file: String, title: String)] = []
    public private(set) var lost: [String: Int] = [:]

    private static let kept: Set<String> = [
        "title", "body", "text", "abstract", "author", "date", "publisher", "url", "doi", "language",
        "derived/title",
    ]

    /// - Parameters:
    ///   - identifier: of the archive, so that a reader knows the same book again.
    ///   - day: `YYYY-MM-DD`, on which it is made.
    public init(
        title: String, identifier: String, day: String, sink: @escaping ([UInt8]) throws -> Void
    ) throws {
        zip = ZIPWriter(sink: sink)
        (self.title, self.identifier, self.day) = (title, identifier, day)
        try zip.add("mimetype", Array("application/epub+zip".utf8))
        try zip.add(
            "META-INF/container.xml",
            Array(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>\
                <rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>

                """.utf8))
        try zip.add("book/style.css", Array(Self.style.utf8))
    }

    public mutating func write(_ document: ExportDocument) throws {
        let article = ArticleMarkup(document)
        let file = "article-\(chapters.count + 1).xhtml"
        var content = "<h1>\(article.title)</h1>\n"
        if !article.byline.isEmpty { content += "<p class=\"by\">\(article.byline)</p>\n" }
        if let link = ArticleMarkup.link(of: document.record) { content += "<p class=\"by\">\(link)</p>\n" }
        content += article.body
        if !article.notes.isEmpty {
            content += "<section><h2>Annotations</h2>\n<ol>\n\(article.notes)</ol></section>\n"
        }
        try zip.add("book/" + file, Self.page(article.title, content, language: article.language))
        chapters.append((file, article.title))
        for field in document.record.fields
        where !Self.kept.contains(field.name) && !field.name.hasPrefix("collections/")
            && !field.name.hasPrefix("from/")
        {
            lost[field.name.hasPrefix("tags/") ? "tags" : field.name, default: 0] += 1
        }
        for name in document.unshownOfParts { lost[name, default: 0] += 1 }
    }

    /// A book has chapters for articles only.
    public mutating func write(_ record: ExportRecord) { lost["[\(record.kind)]", default: 0] += 1 }

    public mutating func finish() throws {
        let list = chapters.map { "<li><a href=\"\($0.file)\">\($0.title)</a></li>\n" }.joined()
        try zip.add(
            "book/contents.xhtml",
            Self.page(
                "Contents", "<nav epub:type=\"toc\"><h1>Contents</h1>\n<ol>\n\(list)</ol></nav>\n",
                language: nil))
        let items = chapters.enumerated().map {
            "<item id=\"a\($0 + 1)\" href=\"\($1.file)\" media-type=\"application/xhtml+xml\"/>\n"
        }.joined()
        let spine = chapters.indices.map { "<itemref idref=\"a\($0 + 1)\"/>\n" }.joined()
        try zip.add(
            "book/package.opf",
            Array(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
                <metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">urn:uuid:\(identifier)</dc:identifier>\
                <dc:title>\(TextMarkup.escaped(title))</dc:title><dc:language>und</dc:language>\
                <meta property="dcterms:modified">\(day)T00:00:00Z</meta></metadata>
                <manifest><item id="contents" href="contents.xhtml" media-type="application/xhtml+xml" properties="nav"/>
                <item id="style" href="style.css" media-type="text/css"/>
                \(items)</manifest>
                <spine><itemref idref="contents"/>
                \(spine)</spine></package>

                """.utf8))
        try zip.finish()
    }

    private static func page(_ title: String, _ content: String, language: String?) -> [UInt8] {
        let tag = language.map { " lang=\"\($0)\" xml:lang=\"\($0)\"" } ?? ""
        return Array(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE html>
            <html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"\(tag)><head><title>\(title)</title>\
            <link rel="stylesheet" type="text/css" href="style.css"/></head><body>
            \(content)</body></html>

            """.utf8)
    }

    private static let style = """
        body { line-height: 1.5; }
        .by { color: #555; font-size: 0.9em; }
        mark { background: #ffe28a; }
        blockquote { border-left: 0.2em solid #bbb; margin-left: 0; padding-left: 1em; }
        .lost { font-style: italic; }

        """
}
