internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Zotero's notes, attachments and annotations as parts of an article.
enum ZoteroParts {
    static func facts(_ data: JSONValue, producer: String?) -> PartFacts {
        var facts = PartFacts()
        facts.date = data["dateAdded"]
        let tags = ZoteroMapping.tags(data["tags"])
        if !tags.isEmpty { facts.tags = .array(tags.map { .string($0) }) }
        if let key = (data["key"] ?? data["itemKey"])?.string, ZoteroAddress.isKey(key) {
            facts.foreignID = key
            facts.producer = producer ?? "zotero"
        }
        facts.modified = data["dateModified"]?.string.flatMap { $0.utf8.count <= 64 ? $0 : nil }
        return facts
    }

    /// - Parameter parent: the article's key; nil for a note by itself.
    static func note(
        _ data: JSONValue, parent: String?, producer: String?, collections: [[String]], place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        let html = data.string ?? data["note"]?.string ?? ""
        var relations = SourceRelations()
        relations.parent = parent
        var facts = facts(data, producer: producer)
        if !collections.isEmpty {
            // A note is in no collection here: what it was in is kept by name.
            let names = collections.map { JSONValue.string($0.joined(separator: " / ")) }
            facts.beside.append(JSONMember(name: "collections", value: .array(names)))
        }
        return try .note(text: reading(html), facts: facts, place: place, relations: relations)
    }

    static func reading(_ html: String) -> String {
        html.utf8.contains(UInt8(ascii: "<")) || html.utf8.contains(UInt8(ascii: "&"))
            ? ReadingText.fromHTML(html, base: nil) : html
    }

    static func attachment(
        _ data: JSONValue, parent: String, producer: String?, place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        var facts = facts(data, producer: producer)
        facts.date = nil
        for name in ["url", "linkMode", "accessDate"] {
            if let value = data[name], !SourceValue.isBlank(value) {
                facts.beside.append(JSONMember(name: name, value: value))
            }
        }
        let file = file(of: data)
        var relations = SourceRelations()
        relations.parent = parent
        relations.file = file.map { .path($0.path) }
        let mediaType =
            (data["contentType"] ?? data["mimeType"])?.string.flatMap(AttachedFile.mediaType)
            ?? file?.mediaType
        let title = data["title"]?.string.map(NameParts.collapsed).flatMap { $0.isEmpty ? nil : $0 }
        let name = file.map { $0.name ?? $0.path } ?? title ?? data["url"]?.string
        // `Full Text PDF` says what the file is, and its name does not.
        if let title, title != name { facts.beside.append(JSONMember(name: "title", value: .string(title))) }
        return try .attachment(
            name: name, mediaType: mediaType,
            facts: facts,
            place: place, relations: relations)
    }

    /// `files/12/a.pdf` of an export, `storage:a.pdf` of a library, or a path of the machine it was written on.
    private static func file(of data: JSONValue) -> AttachedFile? {
        let path = (data["path"] ?? data["localPath"] ?? data["defaultPath"])?.string ?? ""
        let name = data["filename"]?.string ?? ""
        if data["linkMode"]?.string == "linked_url" { return nil }
        if path.hasPrefix("storage:") || path.isEmpty, !name.isEmpty || path.hasPrefix("storage:") {
            let file = path.hasPrefix("storage:") ? String(path.dropFirst("storage:".count)) : name
            guard let key = (data["key"] ?? data["itemKey"])?.string else { return AttachedFile(file) }
            return AttachedFile("storage/\(key)/\(file)")
        }
        if path.hasPrefix("attachments:") {
            return AttachedFile(String(path.dropFirst("attachments:".count)))
        }
        return AttachedFile(path)
    }

    /// nil for a drawing without a remark, of which nothing can be shown.
    static func annotation(
        _ data: JSONValue, parent: String, producer: String?, place: SourcePlace
    ) throws(Rejection) -> SourceItem? {
        let quote = data["annotationText"]?.string.map(NameParts.collapsed) ?? ""
        let comment = data["annotationComment"]?.string.map(reading) ?? ""
        let tags = ZoteroMapping.tags(data["tags"])
        if quote.isEmpty, SourceValue.isBlank(comment), tags.isEmpty { return nil }
        var facts = facts(data, producer: producer)
        if let author = data["annotationAuthorName"], !SourceValue.isBlank(author) { facts.author = author }
        for name in ["annotationType", "annotationColor", "annotationPageLabel", "annotationSortIndex"] {
            if let value = data[name], !SourceValue.isBlank(value) {
                facts.beside.append(JSONMember(name: name, value: value))
            }
        }
        var relations = SourceRelations()
        relations.parent = parent
        if !quote.isEmpty { relations.passage = SourcePassage(exact: quote) }
        return try .annotation(text: comment, facts: facts, place: place, relations: relations)
    }
}
