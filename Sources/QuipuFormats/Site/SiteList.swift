internal import QuipuNaturalKeys

/// Lists of articles as pages, each of bounded length.
struct SiteList {
    /// Ways into the list, as by tag.
    struct Group {
        let title: String
        let folder: String
        let members: [String: [Int]]

        /// Names with their files, which no two share.
        var files: [(name: String, file: String)] {
            members.keys.sorted().map { ($0, SiteList.file(named: $0)) }
        }
    }

    private static let maximumEntries = 500

    let site: String
    let entries: [SiteEntry]

    /// A file for a name: its letters as far as they are ASCII, and a hash, since names differ in what file systems do not tell apart.
    static func file(named name: String) -> String {
        let slug = FileSlug.make(from: name)
        let sum = String(CRC32.sum(of: Array(name.utf8)), radix: 16)
        return (slug.isEmpty ? "" : slug + "-") + sum
    }

    /// - Parameter path: without `.html`; further pages have `-2`, `-3`, …
    func write(
        _ numbers: [Int], at path: String, heading: String, groups: [Group],
        to sink: (String, [UInt8]) throws -> Void
    ) throws {
        let depth = path.utf8.count { $0 == UInt8(ascii: "/") }
        let up = String(repeating: "../", count: depth)
        let pages = max(1, (numbers.count + Self.maximumEntries - 1) / Self.maximumEntries)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        for page in 0..<pages {
            var content = "<h1>\(TextMarkup.escaped(heading))</h1>\n"
            if page == 0 { content += groups.map(Self.markup).joined() }
            content += "<ol class=\"list\">\n"
            for number in numbers.dropFirst(page * Self.maximumEntries).prefix(Self.maximumEntries) {
                let entry = entries[number]
                content +=
                    "<li><a href=\"\(up)\(entry.path)\" dir=\"auto\">\(TextMarkup.escaped(entry.title))</a>"
                content += "<p class=\"by\">\(TextMarkup.escaped(entry.byline))</p></li>\n"
            }
            content += "</ol>\n"
            if pages > 1 { content += Self.turning(name, page, of: pages) }
            try sink(
                path + (page == 0 ? "" : "-\(page + 1)") + ".html",
                Self.page(heading, site: site, content, depth: depth, language: nil))
        }
    }

    private static func markup(_ group: Group) -> String {
        if group.members.isEmpty { return "" }
        let links = group.files.map { name, file in
            "<a class=\"tag\" href=\"\(group.folder)/\(file).html\" dir=\"auto\">\(TextMarkup.escaped(name))</a>"
                + " <span class=\"by\">\(group.members[name]?.count ?? 0)</span>"
        }
        return
            "<details><summary>\(group.title)</summary><p class=\"tags\">\(links.joined(separator: " "))</p></details>\n"
    }

    private static func turning(_ name: String, _ page: Int, of pages: Int) -> String {
        func link(_ page: Int, _ words: String) -> String {
            "<a href=\"\(name)\(page == 0 ? "" : "-\(page + 1)").html\">\(words)</a>"
        }
        let parts = [
            page > 0 ? link(page - 1, "Before") : nil, "page \(page + 1) of \(pages)",
            page + 1 < pages ? link(page + 1, "Next") : nil,
        ]
        return "<p class=\"by\">" + parts.compactMap(\.self).joined(separator: " · ") + "</p>\n"
    }

    /// - Parameter depth: folders between the page and the site's first one.
    static func page(_ title: String, site: String, _ content: String, depth: Int, language: String?)
        -> [UInt8]
    {
        let up = String(repeating: "../", count: depth)
        return Array(
            """
            <!DOCTYPE html>
            <html lang="\(language ?? "en")"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' file:; style-src 'self' file:">
            <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
            <title>\(TextMarkup.escaped(title))</title><link rel="stylesheet" href="\(up)site.css">
            <script src="\(up)site.js" defer data-up="\(up)"></script></head><body>
            <header><a href="\(up)index.html">\(TextMarkup.escaped(site))</a>
            <form role="search"><input type="search" id="search" aria-label="Search" placeholder="Search"></form></header>
            <main><div id="found" role="status"></div>
            \(content)</main></body></html>

            """.utf8)
    }
}
