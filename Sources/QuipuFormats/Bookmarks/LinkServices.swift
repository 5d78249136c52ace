internal import QuipuCanonicalJSON

/// Bookmarks of Pinboard as JSON: what it calls a description is the title, and its tags have spaces between them.
enum Pinboard {
    private static let members = ServiceMembers([
        "href": "url", "description": "title", "extended": "abstract", "time": "date", "tags": "",
    ])

    static func isRecognised(_ start: SourceStart) -> Bool {
        JSONSample(start).first?.has("href", "description", "extended", "tags") ?? false
    }

    static func events(of post: JSONValue, at place: SourcePlace) throws(Rejection) -> [SourceEvent] {
        // Without a title it writes `false`.
        var fields = members(post.members ?? []).filter { $0.name != "title" || $0.value.string != nil }
        if let tags = post["tags"]?.string {
            let names = tags.split(separator: " ").map { JSONValue.string(String($0)) }
            fields.append(JSONMember(name: "tags", value: .array(names)))
        }
        return [.item(try ArticleMapping.item(from: fields, place: place))]
    }
}

/// The export of Readability, a read-later service that ended in 2016: `{"bookmarks": […], "recommendations": […]}`.
enum Readability {
    private static let members = ServiceMembers([
        "article__url": "url", "article__title": "title", "article__excerpt": "",
    ])

    static func isRecognised(_ start: SourceStart) -> Bool {
        JSONSample(start).first(in: "bookmarks")?.has("article__url", "article__title") ?? false
    }

    static func events(of bookmark: JSONValue, at place: SourcePlace) throws(Rejection) -> [SourceEvent] {
        var fields = members(bookmark.members ?? []).filter {
            $0.name != "title" || !MissingTitle.isOne($0.value)
        }
        if let excerpt = bookmark["article__excerpt"]?.string {
            fields.append(
                JSONMember(name: "abstract", value: .string(ReadingText.fromHTML(excerpt, base: nil))))
        }
        return [.item(try ArticleMapping.item(from: fields, place: place))]
    }
}

extension FormatEntry {
    static let bookmarks = FormatEntry(
        .bookmarks, name: "a file of bookmarks",
        fields: [
            ("title", ["the link's text", "name", "title", "description (Pinboard)", "article__title"]),
            ("url", ["HREF", "url", "uri", "article__url"]),
            ("date", ["ADD_DATE", "date_added", "dateAdded", "time"]), ("tags", ["TAGS", "tags"]),
            ("abstract", ["<DD>", "extended", "article__excerpt"]),
            ("collections", ["<H3>", "folders"]),
        ],
        isRecognised: {
            MarkupRoot($0.content)?.name == "netscape-bookmark-file-1" || BrowserBookmarks.isRecognised($0)
                || Pinboard.isRecognised($0) || Readability.isRecognised($0)
        },
        open: { (source, _) throws(InterchangeError) in
            let raw = try source.peek(SourceLimits.recognitionBytes)
            let start = SourceStart(
                raw: raw, bytes: ByteOrderMark.text(of: raw),
                isWhole: raw.count < SourceLimits.recognitionBytes, name: source.name)
            if raw.starts(with: MozillaLZ4.mark) { return try BrowserBookmarksReader(source) }
            guard let first = start.content.first, "{[".utf8.contains(first) else {
                return try BookmarksReader(source)
            }
            if Readability.isRecognised(start) {
                return try ServiceReader(
                    source, name: "an export of Readability", paths: [["bookmarks"]]
                ) { (value, place) throws(Rejection) in try Readability.events(of: value, at: place) }
            }
            if first == UInt8(ascii: "{") { return try BrowserBookmarksReader(source) }
            return try ServiceReader(source, name: "bookmarks of Pinboard") {
                (value, place) throws(Rejection) in
                try Pinboard.events(of: value, at: place)
            }
        })
}
