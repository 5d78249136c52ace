internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// One entry of a feed, of whichever kind, on its way to being an article.
struct FeedEntry {
    static let maximumKept = 200
    static let maximumKeptBytes = 64 << 10

    let facts: FeedFacts
    let base: String?

    var title: String?
    /// Of media and podcasts: where the entry itself has none.
    var secondTitle: String?
    /// Dublin Core's, which is the title alone; journals put volume and pages into the other one.
    var bareTitle: String?
    var doi: String?
    var links: [(reference: String, relation: String, type: String)] = []
    var original: String?
    var identifiers: [(text: String, isLink: Bool)] = []
    var published: [(rank: Int, text: String)] = []
    var updated: String?
    var contents: [(rank: Int, element: MarkupElement)] = []
    var authors: [JSONValue] = []
    var secondAuthors: [JSONValue] = []
    var tags: [JSONValue] = []
    var language: String?
    var publisher: String?
    var enclosures: [JSONValue] = []
    var kept: [JSONMember] = []

    /// Of texts, best first: the whole text, then what may be it or a summary, then a summary.
    enum TextRank {
        static let whole = 0, description = 1, summary = 2
    }

    init(_ element: MarkupElement, _ facts: FeedFacts) {
        self.facts = facts
        let outer = element.xmlAttribute("base")
        base = outer.flatMap { URLReference.resolve($0, base: facts.base) } ?? facts.base
        language = element.xmlAttribute("lang")
        // RSS 1.0 names an item, CDF says where it leads.
        if let about = element.attribute("about") { identifiers.append((about, false)) }
        if let reference = element.feedAttribute("href") { links.append((reference, "", "")) }
        updated = element.feedAttribute("lastmod").flatMap(SingleLine.of)
        take(element)
    }

    mutating func take(_ element: MarkupElement) {
        for child in element.children {
            switch FeedVocabulary(child) {
            case .core: takeCore(child)
            case .dublinCore: takeDublinCore(child)
            case .content:
                if child.feedName == "encoded" {
                    contents.append((TextRank.whole, child))
                } else {
                    keep(child)
                }
            case .media: takeMedia(child)
            case .prism: takePRISM(child)
            case .iTunes: takeITunes(child)
            case .xhtml:
                if ["body", "div"].contains(child.feedName) {
                    contents.append((TextRank.whole, child))
                } else {
                    keep(child)
                }
            case .feedBurner:
                if child.feedName == "origlink" { original = SingleLine.of(child.text) } else { keep(child) }
            case .other: takeOther(child)
            }
        }
    }

    func item(at place: SourcePlace) throws(Rejection) -> SourceItem {
        // Of a feed that has no page for an entry, each links to the same one: that says nothing of which entry it is.
        let isOfSite = identifiers.isEmpty && self.address.map(facts.isSite) == true
        let address = isOfSite ? nil : address
        var members = kept
        func add(_ name: String, _ value: JSONValue?) {
            if let value { members.append(JSONMember(name: name, value: value)) }
        }
        let (body, abstract) = texts
        add("title", (bareTitle ?? title ?? secondTitle).map { .string($0) })
        add("doi", doi.map { .string($0) })
        add("url", address.map { .string($0) })
        if address == nil, let text = links.first?.reference { add("x-link", .string(text)) }
        add("id", isOfSite ? nil : identifier.map { .string($0) })
        let dates = published.sorted { $0.rank < $1.rank }.map(\.text) + [updated].compactMap(\.self)
        // The first that is a date; the others say when it was changed, or are kept.
        let date = dates.first { SourceDate.read($0) != nil } ?? dates.first
        add("date", date.map { .string($0) })
        if let updated, updated != date { add("modified", .string(updated)) }
        add("body", body.map { .string($0) })
        add("abstract", abstract.map { .string($0) })
        add(
            "author",
            Self.list(authors.isEmpty ? (secondAuthors.isEmpty ? facts.authors : secondAuthors) : authors))
        add("tags", tags.isEmpty ? nil : .array(tags))
        add("language", (language ?? facts.language).map { .string($0) })
        add("publisher", (publisher ?? facts.title).map { .string($0) })
        add("x-enclosure", enclosures.isEmpty ? nil : .array(enclosures))
        return try ArticleMapping.item(from: members, place: place, producer: facts.producer) {
            abstract.flatMap(DerivedTitle.firstSentence)
        }
    }

    private static func list(_ names: [JSONValue]) -> JSONValue? {
        var distinct: [JSONValue] = []
        for name in names where !distinct.contains(name) { distinct.append(name) }
        return distinct.count > 1 ? .array(distinct) : distinct.first
    }

    /// Where the entry can be read.
    private var address: String? {
        if let original, let address = FeedLink.web(original, base: nil) { return address }
        let pages = links.filter { $0.relation.isEmpty }
        let ordered = pages.filter { $0.type.isEmpty || $0.type.contains("html") } + pages
        for link in ordered {
            if let address = FeedLink.web(link.reference, base: base) { return address }
        }
        let permanent = identifiers.filter(\.isLink) + identifiers.filter { !$0.isLink }
        for identifier in permanent {
            if let address = FeedLink.web(identifier.text, base: nil) { return address }
        }
        return nil
    }

    private var identifier: String? {
        if let first = identifiers.first(where: { $0.text.utf8.count <= 512 }) { return first.text }
        return address.flatMap { $0.utf8.count <= 512 ? $0 : nil }
    }

    /// The whole text and a summary. A description alone may be either; it is taken for the text.
    private var texts: (body: String?, abstract: String?) {
        var read: [(rank: Int, text: String)] = []
        for (rank, element) in contents.sorted(by: { $0.rank < $1.rank }) {
            if let text = FeedText.prose(element, base: facts.base),
                !read.contains(where: { $0.text == text })
            {
                read.append((rank, text))
            }
        }
        guard let first = read.first else { return (nil, nil) }
        let isSummary = first.rank >= TextRank.summary
        let abstract = isSummary ? first : read.dropFirst().first { $0.rank > TextRank.whole }
        return (isSummary ? nil : first.text, abstract?.text)
    }
}
