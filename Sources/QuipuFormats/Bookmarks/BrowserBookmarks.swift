internal import QuipuCanonicalJSON

/// The bookmarks of a browser as it keeps or backs them up: a tree of folders in one JSON object (`Bookmarks` of Chromium and
/// those who build on it, `bookmarks-DATE.json` and `.jsonlz4` of Firefox).
///
/// A folder's name may stand behind what is in it, so the file is held. It is read by brackets and quotation marks, each
/// bookmark by itself: of a file that is cut all bookmarks come that are whole.
struct BrowserBookmarks {
    /// Some hundred thousand bookmarks.
    private static let maximumBytes = 128 << 20
    private static let maximumDepth = 256

    struct Leaf {
        /// In `folders`; nil for none.
        let folder: Int?
        let members: [(name: String, value: Range<Int>)]
        let line: Int
        let byteOffset: Int
        /// Of a part of it that says what it is about, as old Firefox wrote it.
        let description: Range<Int>?
    }

    private struct Folder {
        var name: String?
        let outer: Int?
        /// Firefox lists tagged pages once more, in a folder for each tag.
        var holdsTags: Bool
    }

    private struct Frame {
        let start: Int
        let line: Int
        let folder: Int?
        var members: [(name: String, value: Range<Int>)] = []
        /// Set where the object has children: then it is a folder.
        var opened: Int?
        var description: Range<Int>?
    }

    private let bytes: [UInt8]
    private var folders: [Folder] = []
    private(set) var leaves: [Leaf] = []
    /// Why the rest could not be read.
    private(set) var fault: (reason: String, line: Int, byteOffset: Int)?

    init(_ source: ByteSource) throws(InterchangeError) {
        guard let bytes = try source.readAll(maximumBytes: Self.maximumBytes) else {
            throw InterchangeError(
                code: .wrongFormat, operation: "import", path: source.name,
                message: "it holds more than \(Self.maximumBytes >> 20) MiB of bookmarks",
                hint: "Export the bookmarks as HTML, which is read one by one.")
        }
        var expanded = (bytes: bytes, isWhole: true)
        if bytes.starts(with: MozillaLZ4.mark) {
            expanded = MozillaLZ4.expand(bytes[...], maximumBytes: Self.maximumBytes)
        }
        self.bytes = expanded.bytes
        read()
        if !expanded.isWhole, fault == nil { fail("the compressed data is damaged", 1, bytes.count) }
    }

    private mutating func read() {
        var frames: [Frame] = []
        var name: String?
        var index = 0
        var line = 1
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x0A:
                line += 1
                index += 1
            case UInt8(ascii: "\""):
                let end = endOfString(index)
                guard end <= bytes.count else { return fail("a text is not closed", line, index) }
                let next = bytes[end...].firstIndex { !ForeignFormat.isSpace($0) }
                if name == nil, let next, bytes[next] == UInt8(ascii: ":") {
                    name = text(index..<end) ?? ""
                    index = next + 1
                } else {
                    note(&name, index..<end, &frames)
                    index = end
                }
            case UInt8(ascii: "["):
                if name == "children", let last = frames.indices.last, frames[last].opened == nil {
                    folders.append(Folder(name: nil, outer: frames[last].folder, holdsTags: false))
                    frames[last].opened = folders.count - 1
                }
                name = nil
                index += 1
            case UInt8(ascii: "{"):
                guard frames.count < Self.maximumDepth else {
                    return fail("it is nested too deeply", line, index)
                }
                let folder = frames.last.flatMap { $0.opened ?? $0.folder }
                frames.append(Frame(start: index, line: line, folder: folder))
                name = nil
                index += 1
            case UInt8(ascii: "}"):
                if let frame = frames.popLast() { close(frame, &frames) }
                name = nil
                index += 1
            case UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0D:
                index += 1
            default:
                let end = bytes[index...].firstIndex { ",}]".utf8.contains($0) || $0 <= 0x20 } ?? bytes.count
                note(&name, index..<end, &frames)
                index = end
            }
        }
        for frame in frames.reversed() where frame.opened != nil { nameFolder(of: frame) }
        if !frames.isEmpty { fail("the object is not closed", line, bytes.count) }
    }

    private mutating func fail(_ reason: String, _ line: Int, _ offset: Int) {
        fault = (reason, line, offset)
    }

    private func note(_ name: inout String?, _ value: Range<Int>, _ frames: inout [Frame]) {
        if let name, let last = frames.indices.last, frames[last].members.count < SourceLimits.maximumFields {
            frames[last].members.append((name, value))
        }
        name = nil
    }

    private mutating func close(_ frame: Frame, _ frames: inout [Frame]) {
        if frame.opened != nil { return nameFolder(of: frame) }
        func member(_ name: String) -> Range<Int>? { frame.members.first { $0.name == name }?.value }
        if member("url") ?? member("uri") != nil {
            leaves.append(
                Leaf(
                    folder: frame.folder, members: frame.members, line: frame.line, byteOffset: frame.start,
                    description: frame.description))
        } else if let last = frames.indices.last, let value = member("value"),
            member("name").flatMap(text) == "bookmarkProperties/description"
        {
            frames[last].description = value
        }
    }

    private mutating func nameFolder(of frame: Frame) {
        guard let opened = frame.opened else { return }
        for name in ["name", "title"] {
            guard let range = frame.members.first(where: { $0.name == name })?.value,
                let text = text(range), !SourceValue.isBlank(text)
            else { continue }
            folders[opened].name = text
            break
        }
        folders[opened].holdsTags =
            frame.members.first { $0.name == "root" }.flatMap { text($0.value) } == "tagsFolder"
    }

    /// Behind the closing quotation mark; past the end where there is none.
    private func endOfString(_ start: Int) -> Int {
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return index + 1
    }

    private func text(_ range: Range<Int>) -> String? {
        bytes[range].first == UInt8(ascii: "\"") ? (try? JSONParser().parse(bytes[range]))?.string : nil
    }

    /// A text, or a number or truth value as it stands there.
    private func value(_ range: Range<Int>) -> String? {
        text(range)
            ?? (bytes[range].elementsEqual("null".utf8) ? nil : String(decoding: bytes[range], as: UTF8.self))
    }

    // MARK: Bookmarks

    /// What the file says of its own order.
    private static let notKept: Set<String> = [
        "name", "title", "url", "uri", "date_added", "dateAdded", "date_modified", "lastModified", "tags",
        "type", "typeCode", "id", "index", "iconuri", "iconUri", "postData", "annos",
    ]

    /// Nil for what has no address.
    func bookmark(_ leaf: Leaf, in file: String) -> Bookmark? {
        func text(_ names: String...) -> String? {
            for name in names {
                if let range = leaf.members.first(where: { $0.name == name })?.value { return value(range) }
            }
            return nil
        }
        guard let address = text("url", "uri") else { return nil }
        var names: [String] = []
        var tag: String?
        var next = leaf.folder
        while let index = next {
            let folder = folders[index]
            if folder.holdsTags { tag = names.last }
            if let name = folder.name { names.append(name) }
            next = folder.outer
        }
        var attributes: [(name: String, value: String)] = [("href", address)]
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { attributes.append((name, value)) }
        }
        add("add_date", text("date_added", "dateAdded"))
        add("last_modified", text("date_modified", "lastModified"))
        add("tags", tag ?? text("tags"))
        for member in leaf.members where !Self.notKept.contains(member.name) {
            add(member.name, value(member.value))
        }
        var bookmark = Bookmark(
            place: SourcePlace(file: file, line: leaf.line, byteOffset: leaf.byteOffset),
            folders: tag == nil ? Array(names.reversed().prefix(SourceLimits.maximumFolderDepth)) : [],
            attributes: attributes)
        bookmark.addToTitle(Array((text("name", "title") ?? "").utf8))
        if let description = leaf.description.flatMap(value) {
            bookmark.addToDescription(Array(description.utf8))
        }
        return bookmark
    }

    static func isRecognised(_ start: SourceStart) -> Bool {
        if start.raw.starts(with: MozillaLZ4.mark) { return true }
        guard start.content.first == UInt8(ascii: "{") else { return false }
        let outline = JSONOutline(start.content)
        if case .object(let roots)? = outline.members.first(where: { $0.name == "roots" })?.shape {
            return roots.contains { ["bookmark_bar", "other", "synced"].contains($0.name) }
        }
        return outline.text("type") == "text/x-moz-place-container"
            || outline.text("root") == "placesRoot" && outline.has("children")
    }
}

/// Yields the bookmarks of a browser.
struct BrowserBookmarksReader: SourceReader {
    let formatName = "bookmarks of a browser (JSON)"

    private let name: String
    private let bookmarks: BrowserBookmarks
    private var index = 0
    private var withoutPage = 0
    private var isAtEnd = false

    init(_ source: ByteSource) throws(InterchangeError) {
        name = source.name
        _ = try ByteOrderMark.pass(source)
        bookmarks = try BrowserBookmarks(source)
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while index < bookmarks.leaves.count {
            index += 1
            guard let bookmark = bookmarks.bookmark(bookmarks.leaves[index - 1], in: name) else { continue }
            guard !bookmark.leadsToNoPage else {
                withoutPage += 1
                continue
            }
            do throws(Rejection) {
                return .item(try bookmark.item())
            } catch { return error.event(at: bookmark.place) }
        }
        if let remark = Bookmark.remark(withoutPage: withoutPage) {
            withoutPage = 0
            return .remark(SourcePlace(file: name, line: 1, byteOffset: 0), remark)
        }
        if isAtEnd { return nil }
        isAtEnd = true
        return bookmarks.fault.map {
            .rejected(
                SourcePlace(file: name, line: $0.line, byteOffset: $0.byteOffset),
                reason: "\($0.reason), so nothing after this place could be read")
        }
    }
}
