internal import QuipuNaturalKeys

/// RSS 0.9x to 2.0, RSS 1.0, Atom 0.3 and 1.0, CDF: an item each.
struct FeedReader: SourceReader {
    private let source: ByteSource
    private let stream: XMLItemStream
    private let options: SourceOptions
    private var facts: FeedFacts?
    private var number = 0
    private var isFinished = false
    private var remarks: [String] = []
    private var cut: String?
    let formatName = "a feed"

    private static let items: Set<String> = ["item", "entry", "Item", "ITEM", "Entry", "ENTRY"]

    init(_ source: ByteSource, _ options: SourceOptions) throws(InterchangeError) {
        self.source = source
        self.options = options
        stream = try XMLItemStream(source, items: Self.items, nests: false)
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        let place = SourcePlace(file: source.name, line: 1, byteOffset: 0)
        while !isFinished {
            guard let result = try stream.next() else {
                isFinished = true
                if number == 0, !FeedFacts(stream.outside, fetchedFrom: nil).isFeed {
                    throw InterchangeError(
                        code: .wrongFormat, operation: "import", path: source.name, message: "it is no feed",
                        hint: "A feed is RSS, Atom or JSON Feed; leave out the format to have it recognised.")
                }
                cut = stream.cut
                remarks = stream.faults + [stream.remark].compactMap(\.self)
                break
            }
            number += 1
            guard source.admits(record: number, at: place) else { continue }
            do throws(Rejection) {
                switch result {
                case .failure(let failure): throw failure.rejection
                case .success(let element):
                    let facts = facts ?? FeedFacts(stream.outside, fetchedFrom: options.address)
                    self.facts = facts
                    return .item(try FeedEntry(element, facts).item(at: place))
                }
            } catch {
                return .rejected(place, reason: "item \(number): \(error.reason)")
            }
        }
        if let reason = cut {
            cut = nil
            return .rejected(place, reason: reason)
        }
        return remarks.isEmpty ? nil : .remark(place, remarks.removeFirst())
    }

    static func isRecognised(_ start: SourceStart) -> Bool {
        let content = start.content
        if content.first == UInt8(ascii: "{") { return JSONFeedReader.isRecognised(content) }
        guard content.first == UInt8(ascii: "<"), let root = MarkupRoot(content) else { return false }
        switch root.name {
        case "rss", "feed": return true
        // An Atom entry alone; CDF.
        case "entry": return root.text.contains("Atom")
        case "channel": return true
        case "rdf:rdf": return isRSS(root.text)
        default:
            let local = root.name.split(separator: ":").last ?? ""
            return ["feed", "entry"].contains(local) && root.text.contains("http://www.w3.org/2005/Atom")
                || local == "rdf" && isRSS(root.text)
        }
    }

    private static func isRSS(_ text: String) -> Bool {
        ["purl.org/rss/1.0", "netscape.com/rdf/simple/0.9", "purl.org/net/rss1.1"].contains {
            text.contains($0)
        }
            && !text.contains("www.zotero.org")
    }
}

extension FormatEntry {
    static let feed = FormatEntry(
        .feed, name: "a feed (RSS, Atom, JSON Feed)",
        fields: [
            ("title", ["title", "dc:title", "media:title"]),
            (
                "body",
                ["content:encoded", "content", "xhtml:body", "description", "content_html", "content_text"]
            ),
            ("abstract", ["summary", "description", "media:description", "itunes:summary"]),
            ("author", ["author", "dc:creator", "itunes:author", "authors"]),
            ("date", ["pubDate", "published", "issued", "dc:date", "updated", "date_published"]),
            ("url", ["feedburner:origLink", "link", "guid", "url", "external_url"]),
            ("tags", ["category", "dc:subject", "media:keywords", "tags"]),
            ("id", ["guid", "id", "rdf:about", "link"]),
            ("language", ["xml:lang", "language", "dc:language"]),
            ("publisher", ["dc:publisher", "source", "the feed's title"]),
        ],
        isRecognised: FeedReader.isRecognised,
        open: { (source, options) throws(InterchangeError) in
            let mark = try ByteOrderMark.pass(source)
            let start = try source.peek(LineReader.blockBytes).drop(while: ForeignFormat.isSpace)
            return start.first == UInt8(ascii: "{")
                ? JSONFeedReader(source, start, byteOffset: mark.bytes, options)
                : try FeedReader(source, options)
        })
}
