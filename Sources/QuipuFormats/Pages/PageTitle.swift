/// The title in `<title>`, without what names the site there.
enum PageTitle {
    private static let separators: Set<Unicode.Scalar> = ["|", "-", "–", "—", "\\", "/", ">", "»"]
    /// Those of a path: they part more than a title and a site.
    private static let ofPaths: Set<Unicode.Scalar> = ["\\", "/", ">", "»"]

    /// - Parameter sites: what the page and its address call the site: that is no part of the title, however short the rest.
    static func read(_ page: MarkupTree, sites: PageSites = PageSites([])) -> String {
        let whole = PageText.line(page.document.first("title")?.text ?? "")
        let scalars = Array(whole.unicodeScalars)
        if let title = withoutSite(scalars, sites) { return title }
        let marks = marks(scalars, separators)
        var title = whole
        if let last = marks.last {
            title = text(scalars[..<(last - 1)])
            if wordCount(title) < 3, let first = scalars.firstIndex(where: separators.contains) {
                title = text(scalars[(first + 1)...])
            }
        } else if whole.contains(": ") {
            title = withoutSection(whole, scalars, page)
        } else if scalars.count > 150 || scalars.count < 15 {
            let headings = page.document.all("h1")
            if headings.count == 1 { title = PageText.line(headings[0].text) }
        }
        title = PageText.line(title)
        // Too little is left: what was cut off is part of it.
        let hasPath = marks.contains { ofPaths.contains(scalars[$0]) }
        let wordsOfAll = wordCount(whole) - marks.count
        if wordCount(title) <= 4, !hasPath || wordCount(title) != wordsOfAll - 1 { title = whole }
        return title
    }

    private static func marks(
        _ scalars: [Unicode.Scalar], _ separators: Set<Unicode.Scalar>
    ) -> [Int] {
        scalars.indices.filter {
            separators.contains(scalars[$0]) && $0 > 0 && $0 + 1 < scalars.count && scalars[$0 - 1] == " "
                && scalars[$0 + 1] == " "
        }
    }

    /// Nil where neither the first nor the last part names the site.
    private static func withoutSite(_ scalars: [Unicode.Scalar], _ sites: PageSites) -> String? {
        let marks = marks(scalars, separators.union(["·", "•"]))
        guard let first = marks.first, let last = marks.last else { return nil }
        for (title, rest) in [
            (scalars[..<(last - 1)], scalars[(last + 1)...]),
            (scalars[(first + 1)...], scalars[..<(first - 1)]),
        ] where sites.contains(text(rest)) {
            let title = PageText.line(text(title))
            if !title.isEmpty, !sites.contains(title) { return title }
        }
        return nil
    }

    /// "Science: What the river carries" is the title where a heading says the same; else its end is.
    private static func withoutSection(
        _ whole: String, _ scalars: [Unicode.Scalar], _ page: MarkupTree
    ) -> String {
        let isHeading = page.document.descendants.contains {
            ($0.name == "h1" || $0.name == "h2") && PageText.line($0.text) == whole
        }
        guard !isHeading, let first = scalars.firstIndex(of: ":"), let last = scalars.lastIndex(of: ":")
        else {
            return whole
        }
        let end = text(scalars[(last + 1)...])
        if wordCount(end) < 3 { return text(scalars[(first + 1)...]) }
        return wordCount(text(scalars[..<first])) > 5 ? whole : end
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    private static func wordCount(_ text: String) -> Int { text.split(separator: " ").count }
}
