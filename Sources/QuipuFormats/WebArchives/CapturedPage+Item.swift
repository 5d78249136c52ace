internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

extension CapturedPage {
    /// The page as an article, and the page itself as its attachment where it is to be kept.
    func events(at place: SourcePlace, keepsOriginal: Bool) throws(Rejection) -> [SourceEvent] {
        let page: MarkupTree
        do throws(MarkupFailure) {
            page = try MarkupTree.html(body, encoding: encoding)
        } catch {
            throw error.rejection
        }
        var relations = SourceRelations()
        if keepsOriginal { relations.key = address }
        let extracted = try PageArticle.item(of: page, address: address, place: place, relations: relations)
        let item = try completed(extracted)
        guard keepsOriginal else { return [.item(item)] }
        var parent = SourceRelations()
        parent.parent = address
        parent.file = .bytes(body)
        let attachment = try SourceItem.attachment(
            name: "page.html", mediaType: "text/html", facts: PartFacts(), place: place, relations: parent)
        return [.item(item), .item(attachment)]
    }

    /// With the title that a list of pages gives, and when the page was captured.
    private func completed(_ item: SourceItem) throws(Rejection) -> SourceItem {
        var fields = item.fields
        if let title = title.flatMap(SingleLine.of) {
            fields.removeAll { $0.name == "title" || $0.name == "derived/title" }
            fields.append(("title", JSONValue.string(title).canonicalBytes()))
        }
        if let capturedAt, item["x-captured"] == nil {
            fields.append(("x-captured", JSONValue.string(capturedAt).canonicalBytes()))
        }
        fields.sort { precedesInUTF16($0.name, $1.name) }
        return SourceItem(
            place: item.place, kind: item.kind, id: item.id, fields: fields, tags: item.tags,
            foreignID: item.foreignID, producer: item.producer, modified: item.modified,
            kept: item.kept + (capturedAt == nil ? [] : ["captured"]), relations: item.relations)
    }
}
