internal import QuipuCanonicalJSON

/// A site of readable pages that works from the file system, without a server: a page an article with its annotations, lists by date,
/// collection and tag, and a search.
public struct SiteWriter: DocumentWriter {
    private let sink: (_ relativePath: String, _ bytes: [UInt8]) throws -> Void
    private let title: String
    private var entries: [SiteEntry] = []
    private var byTag: [String: [Int]] = [:]
    private var byCollection: [String: [Int]] = [:]
    private var index = SiteIndex()
    public private(set) var lost: [String: Int] = [:]

    private static let kept: Set<String> = [
        "title", "body", "text", "abstract", "author", "date", "publisher", "url", "doi", "language",
        "derived/title",
    ]

    /// - Parameters:
    ///   - title: of the site, as the archive is called.
    ///   - sink: receives each file's path below the folder of the export, and its whole content.
    public init(title: String, sink: @escaping (_ relativePath: String, _ bytes: [UInt8]) throws -> Void) {
        self.title = title
        self.sink = sink
    }

    public mutating func write(_ document: ExportDocument) throws {
        let record = document.record
        let article = ArticleMarkup(document)
        let slug = FileSlug.make(from: record.caption)
        let entry = SiteEntry(
            path: "articles/" + (slug.isEmpty ? "" : slug + "-") + record.id + ".html", title: record.caption,
            author: record.line("author") ?? "", date: record.line("date") ?? "",
            publisher: record.line("publisher") ?? "")
        let number = entries.count
        entries.append(entry)
        for tag in record.tags { byTag[tag, default: []].append(number) }
        for name in document.collections { byCollection[name, default: []].append(number) }
        let annotations = document.parts.flatMap { [$0.record.line("text"), $0.record.line("title")] }
            .compactMap(\.self)
        index.add(
            [record.caption, entry.author, record.line("body") ?? "", record.line("abstract") ?? ""]
                + record.tags + annotations,
            of: number)
        try sink(entry.path, page(of: document, article))
        for field in record.fields
        where !Self.kept.contains(field.name) && !field.name.hasPrefix("tags/")
            && !field.name.hasPrefix("collections/")
            && !field.name.hasPrefix("from/")
        {
            lost[field.name, default: 0] += 1
        }
        for name in document.unshownOfParts { lost[name, default: 0] += 1 }
    }

    /// The names of collections are on the pages of their articles; other records have no page.
    public mutating func write(_ record: ExportRecord) {
        if record.kind != "collection" { lost["[\(record.kind)]", default: 0] += 1 }
    }

    public mutating func finish() throws {
        let newestFirst = entries.indices.sorted {
            entries[$0].date == entries[$1].date ? $0 < $1 : entries[$0].date > entries[$1].date
        }
        let groups = [
            SiteList.Group(title: "Collections", folder: "collections", members: byCollection),
            SiteList.Group(title: "Tags", folder: "tags", members: byTag),
        ]
        let list = SiteList(site: title, entries: entries)
        try list.write(newestFirst, at: "index", heading: title, groups: groups, to: sink)
        for group in groups {
            for (name, file) in group.files {
                try list.write(
                    newestFirst.filter(Set(group.members[name] ?? []).contains),
                    at: "\(group.folder)/\(file)", heading: name,
                    groups: [], to: sink)
            }
        }
        try sink("site.css", Array(SiteAssets.style.utf8))
        try sink("site.js", Array(SiteAssets.script.utf8))
        try index.write(entries, to: sink)
    }

    private func page(of document: ExportDocument, _ article: ArticleMarkup) -> [UInt8] {
        let record = document.record
        var content = "<article>\n<h1>\(article.title)</h1>\n"
        if !article.byline.isEmpty { content += "<p class=\"by\">\(article.byline)</p>\n" }
        if let link = ArticleMarkup.link(of: record) { content += "<p class=\"by\">\(link)</p>\n" }
        let labels =
            document.collections.map { ("../collections/", $0) } + record.tags.map { ("../tags/", $0) }
        if !labels.isEmpty {
            content += "<p class=\"tags\">"
            content += labels.map {
                "<a class=\"tag\" href=\"\($0)\(SiteList.file(named: $1)).html\">\(TextMarkup.escaped($1))</a>"
            }.joined(separator: " ")
            content += "</p>\n"
        }
        if record.line("body") != nil, let abstract = record.line("abstract") {
            content += "<p class=\"abstract\">\(TextMarkup.escaped(abstract))</p>\n"
        }
        content += "<div class=\"text\" dir=\"auto\">\n\(article.body)</div>\n"
        content += "</article>\n"
        if !article.notes.isEmpty {
            content +=
                "<aside aria-label=\"Annotations\"><h2>Annotations</h2>\n<ol>\n\(article.notes)</ol></aside>\n"
        }
        return SiteList.page(record.caption, site: title, content, depth: 1, language: article.language)
    }
}

/// What a list says of an article.
struct SiteEntry {
    let path: String
    let title: String
    let author: String
    let date: String
    let publisher: String

    var byline: String { [author, date, publisher].filter { !$0.isEmpty }.joined(separator: " · ") }
}
