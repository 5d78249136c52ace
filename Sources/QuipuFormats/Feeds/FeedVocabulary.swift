internal import QuipuNaturalKeys

/// Which vocabulary an element of a feed belongs to. Feeds declare wrong namespaces, or none: then the prefix tells.
enum FeedVocabulary {
    /// RSS of any version, Atom of any version, CDF.
    case core
    case dublinCore, content, media, iTunes, xhtml, feedBurner, prism
    case other

    init(_ element: MarkupElement) {
        let namespace = element.namespace.map(Self.normal)
        if let namespace, let known = Self.byNamespace.first(where: { namespace.hasPrefix($0.start) }) {
            self = known.vocabulary
        } else if let prefix = element.prefix.map(Self.lowered) {
            self = Self.byPrefix[prefix] ?? .other
        } else {
            self = .core
        }
    }

    private static func lowered(_ text: String) -> String {
        String(decoding: text.utf8.map(ASCII.lowercased), as: UTF8.self)
    }

    private static func normal(_ namespace: String) -> String {
        let text = lowered(WhiteSpace.trimmed(namespace))
        return text.hasPrefix("https:") ? "http:" + text.dropFirst(6) : text
    }

    private static let byNamespace: [(start: String, vocabulary: FeedVocabulary)] = [
        ("http://www.w3.org/2005/atom", .core), ("http://purl.org/atom/", .core),
        ("http://purl.org/rss/1.0/modules/content", .content),
        ("http://purl.org/rss/1.0/modules/", .other), ("http://purl.org/rss/1.0/", .core),
        ("http://my.netscape.com/rdf/simple/0.9/", .core),
        ("http://channel.netscape.com/rdf/simple/0.9/", .core),
        ("http://purl.org/net/rss1.1", .core), ("http://backend.userland.com/rss", .core),
        ("http://blogs.law.harvard.edu/tech/rss", .core),
        ("http://my.netscape.com/publish/formats/rss", .core),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns", .core),
        ("http://purl.org/dc/", .dublinCore), ("http://search.yahoo.com/mrss", .media),
        ("http://tools.search.yahoo.com/mrss", .media),
        ("http://www.itunes.com/dtds/podcast", .iTunes), ("http://example.com/dtds/podcast", .iTunes),
        ("http://www.w3.org/1999/xhtml", .xhtml), ("http://rssnamespace.org/feedburner", .feedBurner),
        ("http://prismstandard.org/namespaces/", .prism), ("http://purl.org/net/rss/prism", .prism),
    ]

    private static let byPrefix: [String: FeedVocabulary] = [
        "atom": .core, "atom10": .core, "a10": .core, "rss": .core, "rdf": .core, "dc": .dublinCore,
        "dcterms": .dublinCore,
        "content": .content, "media": .media, "itunes": .iTunes, "xhtml": .xhtml, "feedburner": .feedBurner,
        "prism": .prism,
    ]
}

extension MarkupElement {
    /// In small letters: some feeds shout.
    var feedName: String {
        let name = name
        return name.utf8.contains { (0x41...0x5A).contains($0) }
            ? String(decoding: name.utf8.map(ASCII.lowercased), as: UTF8.self) : name
    }

    private static let xml = "http://www.w3.org/XML/1998/namespace"

    /// `xml:base`, `xml:lang`.
    func xmlAttribute(_ name: String) -> String? {
        attribute(name, in: Self.xml).flatMap { SourceValue.isBlank($0) ? nil : WhiteSpace.trimmed($0) }
    }

    /// The value of an attribute whose name may have capital letters.
    func feedAttribute(_ name: String) -> String? {
        attribute(name) ?? attribute(name.uppercased())
    }
}
