/// A page as a browser or SingleFile saved it, alone or with its files (MHTML): one article.
struct PageReader: SourceReader {
    let formatName = "an HTML page"
    private let source: ByteSource
    private let options: SourceOptions
    private var events: [SourceEvent] = []
    private var isRead = false

    init(_ source: ByteSource, _ options: SourceOptions) {
        self.source = source
        self.options = options
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        if !isRead {
            isRead = true
            try read()
        }
        return events.isEmpty ? nil : events.removeFirst()
    }

    private mutating func read() throws(InterchangeError) {
        guard let bytes = try source.readAll(maximumBytes: SourceLimits.maximumFileBytes) else {
            throw InterchangeError(
                code: .tooLarge, operation: "import", path: source.name,
                message: "the page is longer than \(SourceLimits.maximumFileBytes) bytes",
                hint: "Save it without its pictures, or import its text.")
        }
        let place = SourcePlace(file: source.name, line: 1, byteOffset: 0)
        let isMessage = MailHeader.isSavedPage(bytes[...])
        if !isMessage { try requireText(bytes, TextEncoding.decode(bytes, as: .html).utf8) }
        do throws(Rejection) {
            let saved = isMessage ? try PageWithFiles(bytes) : nil
            let decoded = TextEncoding.decode(saved?.html ?? bytes, as: .html, encoding: saved?.encoding)
            if let remark = decoded.remark { events.append(.remark(place, remark)) }
            var relations = SourceRelations.none
            if options.keepsOriginals { relations.key = "page" }
            let read = try PageArticle.events(
                html: decoded.utf8, address: options.address ?? saved?.address, savedAt: saved?.savedAt,
                place: place, relations: relations)
            events += read
            if case .item(let item)? = read.first, item["body"] == nil {
                events.append(
                    .remark(place, "no text was found in the page: only what it says of itself was taken"))
            }
            if let saved, saved.otherPages > 0 {
                events.append(
                    .remark(
                        place,
                        saved.otherPages == 1
                            ? "the page in 1 frame was left out"
                            : "the pages in \(saved.otherPages) frames were left out"))
            }
            if options.keepsOriginals {
                events.append(.item(try original(bytes, place, isMessage: isMessage)))
            }
        } catch {
            events.append(error.event(at: place))
        }
    }

    /// The page itself, so that a better extraction can be made of it.
    private func original(
        _ bytes: [UInt8], _ place: SourcePlace, isMessage: Bool
    ) throws(Rejection) -> SourceItem {
        var relations = SourceRelations.none
        relations.parent = "page"
        relations.file = .bytes(bytes)
        let name = source.name.split(separator: "/").last.map { String($0) }
        return try .attachment(
            name: name ?? (isMessage ? "page.mhtml" : "page.html"),
            mediaType: isMessage ? "multipart/related" : "text/html", facts: PartFacts(), place: place,
            relations: relations)
    }

    /// A file that was called a page by its user may be anything.
    private func requireText(_ bytes: [UInt8], _ text: [UInt8]) throws(InterchangeError) {
        let start = bytes.prefix(SourceLimits.recognitionBytes)
        if let foreign = ForeignFormat.binary(start) { throw foreign.refusal(of: source.name) }
        // A page with a NUL in it is one all the same.
        let beginning = text.prefix(SourceLimits.recognitionBytes)
        let zeros = beginning.count { $0 == 0 }
        if zeros * 20 > beginning.count || BinaryContent.isLikely(beginning.filter { $0 != 0 }[...]) {
            throw InterchangeError(
                code: .binaryFile, operation: "import", path: source.name,
                message: "the file is binary, no page", hint: "Check which file was meant.")
        }
        if text.allSatisfy(TagReader.isSpace) {
            throw InterchangeError(
                code: .emptyFile, operation: "import", path: source.name, message: "the file is empty",
                hint: "Check that it was written to its end, then import it again.")
        }
    }
}

extension FormatEntry {
    static let html = FormatEntry(
        .html, name: "an HTML page",
        fields: [
            ("title", ["JSON-LD name, headline", "DC.title", "og:title", "citation_title", "<title>"]),
            ("body", ["the article in the page's text"]),
            (
                "author",
                ["JSON-LD author", "citation_author", "DC.creator", "author", "article:author", "byline"]
            ),
            (
                "date",
                [
                    "JSON-LD datePublished", "article:published_time", "citation_publication_date", "DC.date",
                    "<time>",
                ]
            ),
            (
                "url",
                [
                    "<link rel=canonical>", "og:url", "JSON-LD url", "SingleFile's url",
                    "Snapshot-Content-Location", "Content-Location",
                ]
            ),
            ("doi", ["citation_doi", "DC.identifier"]),
            ("tags", ["JSON-LD keywords", "article:tag", "keywords", "news_keywords"]),
            ("language", ["<html lang>", "Content-Language", "og:locale"]),
            (
                "publisher",
                ["JSON-LD publisher", "citation_journal_title", "og:site_name", "DC.publisher"]
            ),
            (
                "abstract",
                [
                    "JSON-LD description", "citation_abstract", "DC.description", "og:description",
                    "description",
                ]
            ),
        ],
        isRecognised: { HTMLRecognition.isPage($0) },
        open: { (source, options) throws(InterchangeError) in PageReader(source, options) })
}

/// Pages and pieces of them, told from XML and from prose that begins with `<`.
enum HTMLRecognition {
    private static let roots: Set<String> = ["html", "head", "body"]
    private static let ofPieces: Set<String> = [
        "p", "div", "article", "section", "main", "h1", "h2", "h3", "ul", "ol", "table", "blockquote",
        "figure",
        "span", "center", "title", "meta",
    ]
    private static let endings = [".html", ".htm", ".xhtml"]

    static func isPage(_ start: SourceStart) -> Bool {
        let content = start.content
        if MailHeader.isSavedPage(content) { return true }
        guard content.first == UInt8(ascii: "<") else { return isNamedSo(start) }
        if let root = MarkupRoot(content) { return roots.contains(root.name) }
        guard let tag = TagReader(content.dropFirst().prefix(4_096)) else { return false }
        let name = String(decoding: tag.name, as: UTF8.self).lowercased()
        return ofPieces.contains(name) && MarkupRoot.isFragment(content, isWhole: start.isWhole)
    }

    /// What stands in it leaves open what it is: text that no other format lays claim to.
    private static func isNamedSo(_ start: SourceStart) -> Bool {
        let name = start.name.lowercased()
        return endings.contains(where: name.hasSuffix) && !start.content.isEmpty
            && !BinaryContent.isLikely(start.bytes) && ForeignFormat.binary(start.raw) == nil
            && FormatRecognition.layout(of: start.bytes) == .text
            && ForeignFormat.text(start.bytes, isWhole: start.isWhole) == nil
            && TableShape(start.content, isWhole: start.isWhole) == nil
    }
}
