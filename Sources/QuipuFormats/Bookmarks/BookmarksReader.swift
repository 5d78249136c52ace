/// Bookmarks as browsers, Pinboard and others export them (`NETSCAPE-Bookmark-file-1`): an article each, in the collection
/// that its folders name. One bookmark is held at a time.
struct BookmarksReader: SourceReader {
    let formatName = "a file of bookmarks"

    private static let maximumFolderNameBytes = SourceLimits.maximumFieldNameBytes

    private let name: String
    private var text: DecodedStream
    private var tokens = BookmarkTokens()
    private var events: [SourceEvent] = []
    private var nextEvent = 0
    private var isAtEnd = false

    /// Names of the lists that are open; nil for one without a name.
    private var folders: [String?] = []
    private var folderName: [UInt8]?
    private var nextFolder: String?
    private var bookmark: Bookmark?
    private enum Reading {
        case nothing, title, description
    }
    private var reading = Reading.nothing
    private var folderTexts = 0
    private var withoutPage = 0
    private var line = 1

    init(_ source: ByteSource) throws(InterchangeError) {
        name = source.name
        text = try DecodedStream(source, as: .html)
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while nextEvent == events.count {
            if isAtEnd { return nil }
            (events, nextEvent) = ([], 0)
            let chunk = try text.next()
            isAtEnd = chunk.isEmpty
            for token in tokens.append(chunk, isLast: isAtEnd) { take(token) }
            if isAtEnd { finish() }
        }
        nextEvent += 1
        return events[nextEvent - 1]
    }

    private mutating func take(_ token: BookmarkTokens.Token) {
        switch token {
        case .text(let text):
            if folderName != nil {
                if folderName?.count ?? 0 <= Self.maximumFolderNameBytes { folderName? += text }
            } else if reading == .title {
                bookmark?.addToTitle(text)
            } else if reading == .description {
                bookmark?.addToDescription(text)
            }
        case .tag(let name, let attributes, let line):
            self.line = line
            start(name, attributes)
        case .end(let name): end(name)
        }
    }

    private mutating func start(_ name: String, _ attributes: [(name: String, value: String)]) {
        switch name {
        case "a":
            endBookmark()
            bookmark = Bookmark(
                place: SourcePlace(file: self.name, line: line, byteOffset: 0), folders: path,
                attributes: attributes)
            reading = .title
        case "h3":
            endBookmark()
            folderName = []
        case "dd":
            if bookmark == nil { folderTexts += 1 }
            reading = bookmark == nil ? .nothing : .description
        case "dl":
            endBookmark()
            endFolderName()
            if folders.count < MarkupLimits.maximumDepth { folders.append(nextFolder) }
            nextFolder = nil
        case "dt", "hr":
            endBookmark()
            endFolderName()
        case "br" where reading == .description: bookmark?.addToDescription([0x0A])
        default: break
        }
    }

    private mutating func end(_ name: String) {
        switch name {
        case "a": if reading == .title { reading = .nothing }
        case "h3": endFolderName()
        case "dl":
            endBookmark()
            _ = folders.popLast()
        default: break
        }
    }

    private var path: [String] {
        Array(folders.lazy.compactMap(\.self).prefix(SourceLimits.maximumFolderDepth))
    }

    private mutating func endFolderName() {
        guard let bytes = folderName else { return }
        folderName = nil
        let name = Bookmark.line(Array(bytes.prefix(Self.maximumFolderNameBytes)))
        nextFolder = name.isEmpty ? nil : name
    }

    private mutating func endBookmark() {
        reading = .nothing
        guard let whole = bookmark else { return }
        bookmark = nil
        guard !whole.leadsToNoPage else {
            withoutPage += 1
            return
        }
        do throws(Rejection) {
            events.append(.item(try whole.item()))
        } catch {
            events.append(error.event(at: whole.place))
        }
    }

    private mutating func finish() {
        let end = SourcePlace(file: name, line: line, byteOffset: 0)
        if bookmark != nil, reading == .title {
            bookmark = nil
            events.append(
                .rejected(end, reason: "it ends inside a bookmark, which was left out: the file is cut off"))
        } else {
            endBookmark()
            if !folders.isEmpty {
                events.append(.rejected(end, reason: "it ends before </DL>: the file is cut off"))
            }
        }
        let place = SourcePlace(file: name, line: 1, byteOffset: 0)
        if let remark = Bookmark.remark(withoutPage: withoutPage) { events.append(.remark(place, remark)) }
        if let remark = text.remark { events.append(.remark(place, remark)) }
        if folderTexts > 0 {
            let texts =
                folderTexts == 1
                ? "the description of 1 folder was" : "descriptions of \(folderTexts) folders were"
            events.append(.remark(place, texts + " left out"))
        }
    }
}
