internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// What a feed says of itself, for each of its items: whose ids they are, what links are relative to, who publishes it.
struct FeedFacts {
    var address: String?
    /// What its link leads to: a site's front page.
    var site: String?
    var base: String?
    var title: String?
    var language: String?
    /// Of Atom: who wrote entries that name nobody.
    var authors: [JSONValue] = []
    /// Whether its outermost element is one of a feed.
    var isFeed = true

    /// `feed:` and the feed's own address; where it does not say, the one that it was fetched from, then Atom's id of it, then its
    /// site's.
    var producer: String? { address.map { "feed:" + $0 } }

    /// - Parameter outside: what stands in the document outside of items.
    init(_ outside: MarkupTree, fetchedFrom address: String?) {
        var base = address
        var own: String?
        var site: String?
        var identifier: String?
        var depth = 0
        // The mended document has one element around all.
        var level = outside.document.children
        while !level.isEmpty, depth < 4 {
            var next: [MarkupElement] = []
            for element in level {
                let name = element.feedName
                guard ["document", "rss", "rdf", "feed", "channel"].contains(name) else { continue }
                if let text = element.xmlAttribute("base")
                    ?? (name == "channel" ? element.feedAttribute("base") : nil)
                {
                    base = URLReference.resolve(text, base: base) ?? base
                }
                language = element.xmlAttribute("lang") ?? language
                take(element, base: base, &own, &site)
                if name == "feed" {
                    let id = element.children.first { $0.feedName == "id" && FeedVocabulary($0) == .core }
                    identifier = identifier ?? id.flatMap { SingleLine.of($0.text) }
                }
                next += element.children
            }
            level = next
            depth += 1
        }
        let links = outside.document.first("feed") ?? outside.document.first("rss")
        isFeed =
            links != nil || outside.document.all("channel").count + outside.document.all("CHANNEL").count > 0
            || outside.document.descendants.contains { ["rdf", "rss", "channel"].contains($0.feedName) }
        self.address = own ?? address ?? identifier.flatMap { $0.utf8.count <= 512 ? $0 : nil } ?? site
        self.site = site
        self.base = base ?? site ?? own
    }

    /// Whether an address is that of the site, not of an entry.
    func isSite(_ address: String) -> Bool {
        guard let site, let own = CanonicalURL.canonicalize(site) else { return false }
        return CanonicalURL.canonicalize(address) == own
    }

    private mutating func take(
        _ element: MarkupElement, base: String?, _ own: inout String?, _ site: inout String?
    ) {
        for child in element.children {
            let vocabulary = FeedVocabulary(child)
            switch (vocabulary, child.feedName) {
            case (.core, "title"), (.dublinCore, "title"): title = title ?? FeedText.line(child)
            case (.core, "language"), (.dublinCore, "language"):
                language = language ?? SingleLine.of(child.text)
            case (.core, "link"):
                let relation = child.feedAttribute("rel")?.lowercased()
                if let reference = child.feedAttribute("href") {
                    let link = FeedLink.web(reference, base: FeedText.baseOf(child, base))
                    if relation == "self" { own = own ?? link }
                    if relation == nil || relation == "alternate" { site = site ?? link }
                } else {
                    site = site ?? FeedLink.web(child.text, base: base)
                }
            case (.core, "author"):
                // In RSS it is no such thing.
                if element.feedName == "feed" { authors += FeedEntry.names(child) }
            default: break
            }
        }
    }
}
