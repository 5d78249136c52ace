internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// The page `ril_export.html` of Pocket: lists of links below the headings *Unread* and *Read Archive*.
///
/// Pocket writes one link a line, so that a line is parsed at a time; a page that was put into few lines is read as well.
struct PocketPage: SourceReader {
    let formatName = "an export of Pocket"

    private let name: String
    private var lines: LineReader
    private var status: String?
    private var pending: [SourceEvent] = []

    init(_ source: ByteSource) throws(InterchangeError) {
        name = source.name
        let mark = try ByteOrderMark.pass(source)
        if let encoding = mark.converted {
            pending.append(
                .remark(
                    SourcePlace(file: source.name, line: 1, byteOffset: 0),
                    "it is \(encoding) and was converted to UTF-8"))
        }
        lines = LineReader(source, ends: .lineFeeds, byteOffset: mark.bytes)
    }

    static func isRecognised(_ start: SourceStart) -> Bool {
        let content = start.content
        guard content.first == UInt8(ascii: "<") else { return false }
        return ForeignFormat.contains(content.prefix(4_096), "<title>Pocket Export</title>")
            || ForeignFormat.contains(content, "time_added=\"")
                && ForeignFormat.contains(content, "<li><a href=")
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while pending.isEmpty {
            guard let line = try lines.next() else { return nil }
            let place = SourcePlace(file: name, line: line.number, byteOffset: line.byteOffset)
            if line.isTooLong {
                return .rejected(place, reason: "the line is longer than \(lines.maximumLineBytes) bytes")
            }
            let bytes = lines.buffer[line.range]
            if !ForeignFormat.contains(bytes, "<") { continue }
            do throws(MarkupFailure) {
                let tree = try MarkupTree.html(Array(bytes), encoding: "utf-8")
                pending = events(in: tree, at: place).reversed()
            } catch {
                return .rejected(place, reason: error.reason)
            }
        }
        return pending.popLast()
    }

    private mutating func events(in tree: MarkupTree, at place: SourcePlace) -> [SourceEvent] {
        var events: [SourceEvent] = []
        for element in tree.document.descendants {
            switch element.name {
            case "h1": status = WhiteSpace.trimmed(element.text)
            case "a":
                guard let address = element.attribute("href") else { continue }
                events.add(at: place) { () throws(Rejection) in try item(element, address, place) }
            default: break
            }
        }
        return events
    }

    private func item(
        _ link: MarkupElement, _ address: String, _ place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        var members = [JSONMember(name: "url", value: .string(address))]
        let title = WhiteSpace.trimmed(link.text)
        // Pocket writes the address where it knows no title.
        if !title.isEmpty, title != address { members.append(.init(name: "title", value: .string(title))) }
        if let tags = link.attribute("tags") { members.append(.init(name: "tags", value: .string(tags))) }
        if let added = link.attribute("time_added") {
            members.append(.init(name: "x-time_added", value: .string(added)))
        }
        if let status {
            let word = status == "Unread" ? "unread" : status == "Read Archive" ? "archive" : status
            members.append(.init(name: "x-status", value: .string(word)))
        }
        return try ArticleMapping.item(from: members, place: place)
    }
}

extension FormatEntry {
    static let pocket = FormatEntry(
        .pocket, name: "an export of Pocket",
        fields: [
            ("title", ["title"]), ("url", ["url"]), ("tags", ["tags"]), ("quote", ["highlights.quote"]),
        ],
        isRecognised: {
            PocketPage.isRecognised($0) || ServiceTable.recognised($0) == .pocket
                || PocketAnnotations.isRecognised($0) || PocketArchive.isRecognised($0)
        },
        open: { (source, _) throws(InterchangeError) in
            let start = ByteOrderMark.text(of: try source.peek(SourceLimits.recognitionBytes))
            if start.starts(with: "PK".utf8) { return try PocketArchive(source) }
            switch start.first(where: { !ForeignFormat.isSpace($0) }) {
            case UInt8(ascii: "{"), UInt8(ascii: "["): return try PocketAnnotations.reader(source)
            case UInt8(ascii: "<"): return try PocketPage(source)
            default: return try ServiceTableReader(source, [.pocket])
            }
        })
}
