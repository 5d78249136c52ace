internal import QuipuCanonicalJSON

/// The article of a saved or fetched page.
enum PageArticle {
    /// - Parameters:
    ///   - html: the page in UTF-8.
    ///   - address: where it was fetched from, where that is known.
    ///   - savedAt: when it was saved, where the page itself does not say.
    /// - Returns: the article, then what to say of a page that seems cut.
    /// - Throws: `Rejection` for a page without text, title and address, and past the bounds of markup.
    static func events(
        html: [UInt8], address: String?, savedAt: String? = nil, place: SourcePlace,
        relations: SourceRelations = .none
    ) throws(Rejection) -> [SourceEvent] {
        let page: MarkupTree
        do throws(MarkupFailure) {
            page = try MarkupTree.html(utf8: html)
        } catch {
            throw error.rejection
        }
        let item = try item(of: page, address: address, savedAt: savedAt, place: place, relations: relations)
        return [.item(item)]
            + (page.cut.map { [.rejected(place, reason: $0 + "; what could be read came in")] } ?? [])
    }

    static func item(
        of page: MarkupTree, address: String?, savedAt: String? = nil, place: SourcePlace,
        relations: SourceRelations = .none
    ) throws(Rejection) -> SourceItem {
        let metadata = PageMetadata(page, address: address)
        let article = ArticleExtraction(page, title: metadata.title, knowsByline: !metadata.authors.isEmpty)
        let body = ReadingText.of(article.elements, base: metadata.base)
        var members: [JSONMember] = []
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { members.append(JSONMember(name: name, value: .string(value))) }
        }
        add("title", metadata.title)
        add("body", body)
        let authors =
            metadata.authors.isEmpty ? [article.byline.map(Byline.name)].compactMap(\.self) : metadata.authors
        if !authors.isEmpty {
            members.append(JSONMember(name: "author", value: .array(authors.map { .string($0) })))
        }
        add("date", metadata.dates.first { SourceDate.read($0) != nil } ?? metadata.dates.first)
        add("url", metadata.address)
        add("doi", metadata.doi)
        add("language", metadata.language)
        add("publisher", metadata.publisher)
        add("abstract", metadata.abstract)
        add("modified", metadata.modified)
        add("x-saved", metadata.savedAt ?? savedAt)
        if !metadata.tags.isEmpty {
            members.append(JSONMember(name: "tags", value: .array(metadata.tags.map { .string($0) })))
        }
        // Without any text nothing was extracted.
        if !body.isEmpty { add("x-extraction", String(ArticleExtraction.version)) }
        return try ArticleMapping.item(from: members, place: place, relations: relations)
    }
}
