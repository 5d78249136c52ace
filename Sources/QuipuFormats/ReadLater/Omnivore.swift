internal import QuipuCanonicalJSON

/// The files `metadata_…json` of an export of Omnivore: what was saved, with labels and states.
///
/// The pages and the highlights stand in folders beside them, `content/SLUG.html` and `highlights/SLUG.md`: all of them are read
/// in the ZIP archive that Omnivore wrote (`OmnivoreArchive`), or in what was unpacked of it (`OmnivoreFolder`).
enum Omnivore {
    private static let members = ServiceMembers([
        "id": FieldNames.identifier, "title": "title", "url": "url", "author": "author",
        "description": "abstract", "labels": "tags", "publishedAt": "date", "updatedAt": "updatedAt",
    ])

    static func isRecognised(_ start: SourceStart) -> Bool {
        JSONSample(start).first?.has("slug", "savedAt", "readingProgress", "url") ?? false
    }

    static func events(of entry: JSONValue, at place: SourcePlace) throws(Rejection) -> [SourceEvent] {
        [.item(try item(of: entry, html: nil, at: place))]
    }

    /// - Parameter html: the page, where the archive holds it.
    static func item(
        of entry: JSONValue, html: String?, at place: SourcePlace, relations: SourceRelations = .none
    ) throws(Rejection) -> SourceItem {
        var fields = members(entry.members ?? [])
        if let html, !SourceValue.isBlank(html) {
            let text = ReadingText.fromHTML(html, base: entry["url"]?.string)
            fields.append(JSONMember(name: "body", value: .string(text)))
        }
        return try ArticleMapping.item(from: fields, place: place, producer: "omnivore", relations: relations)
    }
}

extension FormatEntry {
    static let omnivore = FormatEntry(
        .omnivore, name: "an export of Omnivore",
        fields: [
            ("title", ["title"]), ("body", ["content/SLUG.html"]), ("author", ["author"]),
            ("date", ["publishedAt"]), ("url", ["url"]), ("abstract", ["description"]), ("tags", ["labels"]),
            ("quote", ["highlights/SLUG.md"]), ("text", ["highlights/SLUG.md"]),
        ], isRecognised: { Omnivore.isRecognised($0) || OmnivoreArchive.isRecognised($0) },
        open: { (source, _) throws(InterchangeError) in
            if try source.peek(2).elementsEqual("PK".utf8) { return try OmnivoreArchive(source) }
            return try ServiceReader(source, name: "metadata of Omnivore's export") {
                (value, place) throws(Rejection) in
                try Omnivore.events(of: value, at: place)
            }
        })
}
