internal import QuipuCanonicalJSON

/// The article that a page describes in JSON-LD, in the words of schema.org.
struct LinkedArticle {
    private static let maximumScripts = 64
    private static let maximumScriptBytes = 1 << 20
    private static let types: Set<String> = [
        "Article", "AdvertiserContentArticle", "NewsArticle", "AnalysisNewsArticle", "AskPublicNewsArticle",
        "BackgroundNewsArticle", "OpinionNewsArticle", "ReportageNewsArticle", "ReviewNewsArticle", "Report",
        "SatiricalArticle", "ScholarlyArticle", "MedicalScholarlyArticle", "SocialMediaPosting",
        "BlogPosting",
        "LiveBlogPosting", "DiscussionForumPosting", "TechArticle", "APIReference",
    ]

    private let article: JSONValue
    /// What the page describes under a name of its own (`@id`), which others call it by.
    private let named: [String: JSONValue]

    /// nil where the page describes none.
    init?(_ page: MarkupTree) {
        var article: JSONValue?
        var named: [String: JSONValue] = [:]
        for script in page.document.all("script").prefix(Self.maximumScripts) {
            guard script.attribute("type") == "application/ld+json", let value = Self.parse(script.text)
            else {
                continue
            }
            let things = Self.things(in: value)
            article = article ?? Self.article(in: things)
            for thing in things {
                guard let id = thing["@id"]?.string, thing["name"] != nil, named[id] == nil else { continue }
                named[id] = thing
            }
        }
        guard let article else { return nil }
        (self.article, self.named) = (article, named)
    }

    private static func parse(_ text: String) -> JSONValue? {
        guard text.utf8.count <= maximumScriptBytes else { return nil }
        // Some wrap it into CDATA.
        var bytes = Array(text.utf8)[...]
        bytes = bytes.drop(while: TagReader.isSpace)
        if bytes.starts(with: "<![CDATA[".utf8) { bytes = bytes.dropFirst(9) }
        while let last = bytes.last, TagReader.isSpace(last) || "]>;".utf8.contains(last), bytes.count > 1,
            !isWhole(bytes)
        {
            bytes.removeLast()
        }
        do throws(JSONError) {
            return try JSONParser(options: .bigNumbersAsStrings).parse(bytes)
        } catch {
            return nil
        }
    }

    private static func isWhole(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.last == UInt8(ascii: "}")
            || bytes.last == UInt8(ascii: "]") && bytes.first == UInt8(ascii: "[")
    }

    /// What stands there, in a list, or in a graph.
    private static func things(in value: JSONValue) -> [JSONValue] {
        (value.array ?? [value]).flatMap { [$0] + ($0["@graph"]?.array ?? []) }
    }

    private static func article(in things: [JSONValue]) -> JSONValue? {
        things.first { thing in
            guard let type = thing["@type"] else { return false }
            return (type.array ?? [type]).contains { $0.string.map(types.contains) == true }
        }
    }

    /// A member's text in one line.
    func text(_ name: String) -> String? { Self.line(article[name]) }

    private static func line(_ value: JSONValue?) -> String? {
        guard let value, let text = (value.array?.first ?? value).string else { return nil }
        let line = PageText.line(CharacterReference.decoded(text))
        return line.isEmpty ? nil : line
    }

    /// Of `name` and `headline`, which differ on some sites, the one that is more like the page's title.
    func title(like title: String) -> String? {
        guard let name = text("name"), let headline = text("headline"), name != headline else {
            return text("name") ?? text("headline")
        }
        let words = PageText.words(title)
        let isNameAlike = PageText.similarity(PageText.words(name), words) > 0.75
        let isHeadlineAlike = PageText.similarity(PageText.words(headline), words) > 0.75
        return isHeadlineAlike && !isNameAlike ? headline : name
    }

    var authors: [String] {
        guard let value = article["author"] else { return [] }
        return (value.array ?? [value]).compactMap(name).filter { !URLReference.isWeb($0) }
    }

    var publisher: String? { article["publisher"].flatMap(name) }

    /// Of a person or an organisation that is described here, or elsewhere on the page.
    private func name(_ value: JSONValue) -> String? {
        let thing = value.array?.first ?? value
        let described = thing["name"] == nil ? thing["@id"]?.string.flatMap { named[$0] } : nil
        return Self.line((described ?? thing)["name"]) ?? Self.line(thing)
    }

    var address: String? {
        text("url") ?? Self.line(article["mainEntityOfPage"]?["@id"]) ?? text("mainEntityOfPage")
    }

    var keywords: [String] {
        guard let value = article["keywords"] else { return [] }
        if let words = value.array { return words.compactMap { Self.line($0) }.flatMap(MetaElements.names) }
        return value.string.map(MetaElements.names) ?? []
    }
}
