internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// JSON Feed 1 and 1.1: an object with the feed's facts and `items`.
struct JSONFeedReader: SourceReader {
    private var splitter: JSONElementSplitter
    private let base: String?
    private let site: String?
    private let producer: String?
    private let title: String?
    private let language: String?
    let formatName = "a feed (JSON Feed)"

    /// - Parameter start: the beginning of the feed, which mostly tells its facts.
    init(_ source: ByteSource, _ start: ArraySlice<UInt8>, byteOffset: Int, _ options: SourceOptions) {
        let outline = JSONOutline(start)
        func text(_ name: String) -> String? {
            outline.text(name).flatMap { SourceValue.isBlank($0) ? nil : $0 }
        }
        let address = text("feed_url") ?? options.address ?? text("home_page_url")
        producer = address.map { "feed:" + $0 }
        base = options.address ?? text("home_page_url") ?? text("feed_url")
        site = text("home_page_url").flatMap(CanonicalURL.canonicalize)
        title = text("title")
        language = text("language")
        splitter = JSONElementSplitter(
            source, layout: .items(["items"]), byteOffset: byteOffset,
            maximumBytes: SourceLimits.maximumLineBytes)
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        switch try splitter.next() {
        case nil: return nil
        case .event(let event): return event
        case .element(let bytes, let place):
            do throws(Rejection) {
                return .item(try item(bytes, place))
            } catch {
                return error.event(at: place)
            }
        }
    }

    private func item(_ bytes: ArraySlice<UInt8>, _ place: SourcePlace) throws(Rejection) -> SourceItem {
        let members = try JSONObject.members(of: bytes)
        let value = JSONValue.object(members)
        func text(_ name: String) -> String? {
            value[name]?.string.flatMap { SourceValue.isBlank($0) ? nil : WhiteSpace.trimmed($0) }
        }
        var out: [JSONMember] = []
        func add(_ name: String, _ value: JSONValue?) {
            if let value { out.append(JSONMember(name: name, value: value)) }
        }
        var address =
            text("url").flatMap { FeedLink.web($0, base: base) }
            ?? text("external_url").flatMap { FeedLink.web($0, base: base) }
        let html = text("content_html").map { ReadingText.fromHTML($0, base: address ?? base) }
        let identifier = value["id"].flatMap {
            $0.string ?? $0.number.map { _ in value["id"]?.canonicalText ?? "" }
        }
        // A link to the front page says nothing of which item it is.
        if identifier == nil, let site, let link = address, CanonicalURL.canonicalize(link) == site {
            address = nil
            add("x-link", .string(link))
        }
        let web = identifier.flatMap { FeedLink.web($0, base: nil) }
        add("title", text("title").flatMap { SingleLine.of($0) }.map { .string($0) })
        add("url", (address ?? web).map { .string($0) })
        let id = identifier ?? address
        add("id", id.flatMap { SourceValue.isBlank($0) || $0.utf8.count > 512 ? nil : .string($0) })
        add(
            "body",
            (html.flatMap { SourceValue.isBlank($0) ? nil : $0 } ?? text("content_text")).map { .string($0) })
        add("abstract", text("summary").map { .string($0) })
        add("date", value["date_published"] ?? value["date_modified"])
        if value["date_published"] != nil { add("modified", value["date_modified"]) }
        let authors = value["authors"] ?? value["author"]
        add("author", authors?.array?.count == 1 ? authors?.array?.first : authors)
        add("tags", value["tags"])
        add("language", (text("language") ?? language).map { .string($0) })
        add("publisher", title.map { .string($0) })
        let taken: Set<String> = [
            "title", "url", "id", "content_html", "content_text", "summary", "date_published",
            "date_modified", "authors",
            "author", "tags", "language",
        ]
        for member in members where !taken.contains(member.name) {
            if member.name == "external_url", text("url") == nil { continue }
            let name = member.name.hasPrefix("x-") ? member.name : "x-" + member.name
            add(name, member.value)
        }
        return try ArticleMapping.item(from: out, place: place, producer: producer)
    }

    static func isRecognised(_ content: ArraySlice<UInt8>) -> Bool {
        let outline = JSONOutline(content)
        return outline.text("version")?.contains("jsonfeed.org/version/") == true
    }
}
