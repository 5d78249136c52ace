internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// What each element of an entry says, by the vocabulary that it belongs to.
extension FeedEntry {
    mutating func takeCore(_ child: MarkupElement) {
        switch child.feedName {
        case "title":
            title = title ?? FeedText.line(child)
            // One that is not closed swallows what follows it.
            if !child.children.isEmpty, child.feedAttribute("type") == nil { takeSwallowed(child) }
        case "link":
            let relation = (child.feedAttribute("rel") ?? "alternate").lowercased()
            guard let reference = child.feedAttribute("href") ?? SingleLine.of(child.text) else { return }
            links.append(
                (reference, relation == "alternate" ? "" : relation, child.feedAttribute("type") ?? ""))
            if relation == "enclosure" { addEnclosure(child, reference) }
        case "guid", "id":
            guard let text = SingleLine.of(child.text) else { return }
            let isLink = child.feedName == "guid" && child.attribute("isPermaLink")?.lowercased() != "false"
            identifiers.insert((text, isLink), at: 0)
        case "pubdate": addDate(0, child)
        case "published", "issued": addDate(0, child)
        case "created": addDate(3, child)
        case "date": addDate(1, child)
        case "updated", "modified", "lastbuilddate", "lastmod": updated = updated ?? SingleLine.of(child.text)
        case "author", "managingeditor":
            let names = Self.names(child)
            if child.feedName == "author" { authors += names } else { secondAuthors += names }
        case "creator": authors += Self.names(child)
        case "category", "keywords": addTag(child)
        case "content", "body", "fullitem", "content_encoded":
            if let value = FeedText.foreign(child) { keep("content", value) }
            contents.append((TextRank.whole, child))
        case "description", "abstract", "tagline":
            contents.append(
                (child.feedName == "description" ? TextRank.description : TextRank.summary, child))
        case "summary": contents.append((TextRank.summary, child))
        case "enclosure": child.feedAttribute("url").map { addEnclosure(child, $0) }
        case "source":
            publisher = child.child("title").flatMap(FeedText.line) ?? SingleLine.of(child.text) ?? publisher
            if let reference = child.feedAttribute("url") ?? child.child("id")?.text {
                keep("source", .string(reference))
            }
        case "language": language = language ?? SingleLine.of(child.text)
        default: keep(child)
        }
    }

    /// Elements that stand in a title since that is not closed.
    private mutating func takeSwallowed(_ element: MarkupElement) {
        guard let title = element.contents.first(where: \.isText)?.text, element.first("link") != nil else {
            return
        }
        self.title = SingleLine.of(FeedText.plain(title))
        take(element)
    }

    mutating func takeDublinCore(_ child: MarkupElement) {
        switch child.feedName {
        case "title": bareTitle = bareTitle ?? FeedText.line(child)
        case "creator", "author": authors += Self.names(child)
        case "date", "issued", "available", "created": addDate(child.feedName == "created" ? 3 : 1, child)
        case "modified": updated = updated ?? SingleLine.of(child.text)
        case "subject": addTag(child)
        case "description", "abstract": contents.append((TextRank.summary, child))
        case "language": language = SingleLine.of(child.text) ?? language
        case "publisher": publisher = publisher ?? FeedText.line(child)
        case "identifier":
            if let text = SingleLine.of(child.text) {
                identifiers.append((text, false))
                if takeDOI(text, isNamedSo: false) { return }
                keep(child)
            }
        default: keep(child)
        }
    }

    mutating func takeMedia(_ child: MarkupElement) {
        switch child.feedName {
        case "group": for inner in child.children { takeMedia(inner) }
        case "title": secondTitle = secondTitle ?? FeedText.line(child)
        case "description": contents.append((TextRank.summary + 1, child))
        case "keywords": addTags(child.text, separator: ",")
        case "content":
            if let reference = child.feedAttribute("url") { addEnclosure(child, reference) }
            for inner in child.children { takeMedia(inner) }
        case "thumbnail": child.feedAttribute("url").map { keep("media:thumbnail", .string($0)) }
        default: keep(child)
        }
    }

    mutating func takeITunes(_ child: MarkupElement) {
        switch child.feedName {
        case "title": secondTitle = secondTitle ?? FeedText.line(child)
        case "author": secondAuthors += Self.names(child)
        case "summary", "subtitle": contents.append((TextRank.summary + 1, child))
        case "keywords": addTags(child.text, separator: ",")
        default: keep(child)
        }
    }

    /// Of what journals say of an entry (PRISM): its DOI, and the journal.
    mutating func takePRISM(_ child: MarkupElement) {
        let text = SingleLine.of(child.text)
        switch child.feedName {
        case "doi":
            if let text, takeDOI(text, isNamedSo: true) { return }
            keep(child)
        case "publicationname" where publisher == nil: publisher = text
        default: keep(child)
        }
    }

    /// - Returns: whether it was taken.
    private mutating func takeDOI(_ text: String, isNamedSo: Bool) -> Bool {
        let lowered = text.lowercased()
        guard isNamedSo || lowered.hasPrefix("doi:") || lowered.contains("doi.org/10."),
            let canonical = CanonicalDOI.canonicalize(text)
        else { return false }
        if let doi { return doi == canonical }
        doi = canonical
        return true
    }

    mutating func takeOther(_ child: MarkupElement) {
        // Feeds with a wrong namespace for all that they hold.
        let isDefault = child.prefix == nil
        if isDefault { takeCore(child) } else { keep(child) }
    }

    // MARK: Parts

    private mutating func addDate(_ rank: Int, _ child: MarkupElement) {
        if let text = SingleLine.of(child.text) { published.append((rank, text)) }
    }

    private mutating func addTag(_ child: MarkupElement) {
        let text = child.feedAttribute("label") ?? child.feedAttribute("term") ?? child.text
        if let tag = SingleLine.of(FeedText.plain(text)) { tags.append(.string(tag)) }
    }

    private mutating func addTags(_ text: String, separator: Character) {
        for part in text.split(separator: separator) {
            if let tag = SingleLine.of(String(part)) { tags.append(.string(tag)) }
        }
    }

    private mutating func addEnclosure(_ child: MarkupElement, _ reference: String) {
        let address = URLReference.resolve(reference, base: FeedText.baseOf(child, facts.base)) ?? reference
        var members = [JSONMember(name: "url", value: .string(address))]
        for (attribute, name) in [("type", "type"), ("length", "length"), ("fileSize", "length")] {
            if let value = child.feedAttribute(attribute), !members.contains(where: { $0.name == name }) {
                members.append(JSONMember(name: name, value: .string(value)))
            }
        }
        if enclosures.count < Self.maximumKept { enclosures.append(.object(members)) }
    }

    /// `Ana Quispe`, `ana@example.org (Ana Quispe)`, `<name>Ana Quispe</name>`.
    static func names(_ element: MarkupElement) -> [JSONValue] {
        let persons = element.children.filter { $0.feedName == "person" || $0.feedName == "agent" }
        let inner = persons.first ?? element
        if let name = inner.children.first(where: { $0.feedName == "name" }) {
            return FeedText.line(name).map { [.string($0)] } ?? []
        }
        if let mail = inner.children.first(where: { $0.feedName == "email" }) {
            return FeedText.line(mail).map { [.string($0)] } ?? []
        }
        if !inner.children.isEmpty { return SingleLine.of(inner.text).map { [.string($0)] } ?? [] }
        guard let text = FeedText.line(inner) else { return [] }
        if text.contains("@"), text.contains("(") || text.contains("<") {
            let names = MailAddress.list(Array(text.utf8)[...]).map {
                JSONValue.string($0.name ?? $0.address)
            }
            if !names.isEmpty { return names }
        }
        return [.string(text)]
    }

    mutating func keep(_ child: MarkupElement) {
        let name = child.prefix.map { "\($0):\(child.name)" } ?? child.name
        if child.children.isEmpty, let text = SingleLine.of(child.text) {
            keep(name, .string(text))
        } else if let text = ["url", "href", "resource", "value"].lazy.compactMap({ child.attribute($0) })
            .first
        {
            keep(name, .string(text))
        }
    }

    private mutating func keep(_ name: String, _ value: JSONValue) {
        guard kept.count < Self.maximumKept, name.utf8.count < 200,
            (value.string?.utf8.count ?? 0) <= Self.maximumKeptBytes
        else { return }
        if let place = kept.firstIndex(where: { $0.name == "x-" + name }) {
            let old = kept[place].value
            if old == value { return }
            kept[place].value = .array((old.array ?? [old]) + [value])
        } else {
            kept.append(JSONMember(name: "x-" + name, value: value))
        }
    }
}
