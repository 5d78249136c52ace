internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// What a page says about its article: JSON-LD first, then Dublin Core, Open Graph, the names that news sites and journals
/// use, and the page's own elements.
struct PageMetadata {
    private(set) var title = ""
    private(set) var authors: [String] = []
    private(set) var dates: [String] = []
    private(set) var modified: String?
    private(set) var address: String?
    private(set) var language: String?
    private(set) var publisher: String?
    private(set) var abstract: String?
    private(set) var doi: String?
    private(set) var tags: [String] = []
    /// From where relative links start.
    private(set) var base: String?
    private(set) var savedAt: String?

    private static let maximumTags = 100

    /// - Parameter address: where the page was fetched from, where that is known.
    init(_ page: MarkupTree, address given: String?) {
        let meta = MetaElements(page)
        let linked = LinkedArticle(page)
        let saved = SavedPageComment(page.comments)
        savedAt = saved?.date
        setAddress(page, meta, linked, saved?.address ?? given, given)
        let sites = PageSites(
            [linked?.publisher, meta["og:site_name"], meta["application-name"]].compactMap(\.self),
            address: address)
        let written = PageTitle.read(page, sites: sites)
        let titles =
            [linked?.title(like: written)]
            + [
                "dc.title", "dcterms.title", "og:title", "citation_title", "title", "twitter:title",
                "parsely-title",
            ]
            .map { meta[$0] }
        title = titles.compactMap(\.self).first ?? written
        authors = Self.authors(linked, meta)
        dates = [linked?.text("datePublished")].compactMap(\.self) + meta.dates + Self.times(page)
        modified = linked?.text("dateModified") ?? meta["article:modified_time"]
        abstract =
            linked?.text("description")
            ?? meta.first([
                "citation_abstract", "dc.description", "dcterms.description", "og:description", "description",
                "twitter:description",
            ])
        publisher =
            linked?.publisher
            ?? meta.first([
                "citation_journal_title", "prism.publicationname", "og:site_name", "dc.publisher",
                "citation_publisher",
            ])
        language = Self.language(page, meta)
        doi = meta.first(["citation_doi", "dc.identifier", "prism.doi"]).flatMap { SourceAddress.doi($0) }
        let named: [String] = (linked?.keywords ?? []) + meta.tags
        tags = Array(named.distinct.prefix(Self.maximumTags))
    }

    private static func authors(_ linked: LinkedArticle?, _ meta: MetaElements) -> [String] {
        if let names = linked?.authors, !names.isEmpty { return names }
        // Written as in a list of references: `Quispe, Ana`.
        let cited = (meta.all("citation_author") + meta.all("citation_authors")).flatMap {
            $0.split(separator: ";")
        }
        let shown = cited.map { NameParts.turned(String($0)) }.filter { !$0.isEmpty }
        if !shown.isEmpty { return shown.distinct }
        let named = ["dc.creator", "dcterms.creator", "author", "parsely-author", "article:author"].lazy.map {
            meta.all($0).filter { !URLReference.isWeb($0) }
        }
        return (named.first { !$0.isEmpty } ?? []).map(Byline.name).filter { !$0.isEmpty }
    }

    /// What the page marks as the time of its publication.
    private static func times(_ page: MarkupTree) -> [String] {
        var marked: [String] = []
        var others: [String] = []
        for element in page.document.descendants {
            let isPublished = element.attribute("itemprop")?.contains("datePublished") == true
            if element.name == "time", let date = element.attribute("datetime") {
                let isMarked = isPublished || element.attribute("pubdate") != nil
                if isMarked { marked.append(date) } else if others.isEmpty { others.append(date) }
            } else if isPublished, let date = element.attribute("content") ?? element.attribute("datetime") {
                marked.append(date)
            }
        }
        return marked.prefix(8) + others
    }

    private static func language(_ page: MarkupTree, _ meta: MetaElements) -> String? {
        let root = page.document.first("html")
        return [
            root?.attribute("lang"), page.document.first("body")?.attribute("lang"),
            meta["content-language"], meta["og:locale"], meta["dc.language"],
        ].compactMap(\.self).first { SourceValue.language(.string($0)) != nil }
    }

    /// The canonical address, unless that is a site's front page and another one is not.
    private mutating func setAddress(
        _ page: MarkupTree, _ meta: MetaElements, _ linked: LinkedArticle?, _ from: String?, _ given: String?
    ) {
        let reference = page.document.first("base")?.attribute("href")
        base = reference.flatMap { URLReference.resolve($0, base: from) } ?? from
        let canonical = page.document.all("link").first {
            $0.attribute("rel")?.lowercased().split(separator: " ").contains("canonical") == true
        }?.attribute("href").flatMap { URLReference.resolve($0, base: base) }
        let addresses = [
            canonical, meta["og:url"].flatMap { URLReference.resolve($0, base: base) }, linked?.address, from,
        ].compactMap(\.self).filter(URLReference.isWeb)
        address = addresses.first { !Self.isFrontPage($0) } ?? addresses.first
        base = base ?? address
    }

    private static func isFrontPage(_ address: String) -> Bool {
        guard let canonical = CanonicalURL.canonicalize(address) else { return true }
        return canonical.hasSuffix("/") && canonical.utf8.count { $0 == UInt8(ascii: "/") } == 3
    }
}

extension Array where Element == String {
    /// Each once, as it stands first.
    fileprivate var distinct: [String] {
        var seen: Set<[UInt8]> = []
        return filter { seen.insert([UInt8]($0.utf8)).inserted }
    }
}
