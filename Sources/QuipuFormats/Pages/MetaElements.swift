internal import QuipuNaturalKeys

/// The `<meta>` elements of a page by their names, small letters, with values in one line.
struct MetaElements {
    private static let maximumElements = 1_000
    private static let maximumValueBytes = 64 << 10
    private var values: [String: [String]] = [:]

    init(_ page: MarkupTree) {
        for element in page.document.all("meta").prefix(Self.maximumElements) {
            guard let content = element.attribute("content"), content.utf8.count <= Self.maximumValueBytes
            else {
                continue
            }
            // Many pages have references in it that were escaped once more.
            let value = PageText.line(CharacterReference.decoded(content))
            if value.isEmpty { continue }
            for attribute in ["property", "name", "itemprop", "http-equiv"] {
                for name in (element.attribute(attribute) ?? "").split(separator: " ").prefix(8) {
                    values[Self.key(name), default: []].append(value)
                }
            }
        }
    }

    /// `DC.Title`, `dcterm:title` and `dc:title` are the same.
    private static func key(_ name: Substring) -> String {
        let name = name.lowercased()
        for prefix in ["dcterms", "dcterm", "dc"]
        where name.hasPrefix(prefix + ":") || name.hasPrefix(prefix + ".") {
            return (prefix == "dc" ? "dc." : "dcterms.") + name.dropFirst(prefix.utf8.count + 1)
        }
        return name
    }

    subscript(name: String) -> String? { values[name]?.last }

    func all(_ name: String) -> [String] { values[name] ?? [] }

    func first(_ names: [String]) -> String? { names.lazy.compactMap { self[$0] }.first }

    var dates: [String] {
        [
            "article:published_time", "parsely-pub-date", "citation_publication_date", "citation_date",
            "citation_online_date", "dc.date", "dcterms.issued", "dcterms.date", "dcterms.created",
            "datepublished", "pubdate", "publishdate", "publish-date", "publication_date", "date",
            "sailthru.date",
            "og:published_time", "og:article:published_time", "prism.publicationdate", "dc.date.issued",
        ].compactMap { self[$0] }
    }

    /// Of keywords a list with commas, or one tag an element.
    var tags: [String] {
        let listed = ["keywords", "news_keywords", "parsely-tags", "sailthru.tags", "citation_keywords"]
            .flatMap(all)
        return (all("article:tag") + listed).flatMap(Self.names)
    }

    static func names(_ text: String) -> [String] {
        let separator: Character = text.contains(",") ? "," : ";"
        return text.split(separator: separator).map { WhiteSpace.trimmed(String($0)) }.filter {
            !$0.isEmpty && $0.utf8.count <= TagList.maximumTagBytes
        }
    }
}
