internal import QuipuCanonicalJSON

/// The files `metadata_…json` of an export of Omnivore: what was saved, with labels and states.
///
/// The pages and the highlights stand in folders beside them, `content/SLUG.html` and `highlights/SLUG.md`; a reader opens no
/// other files. The slug is kept, so that these can be told.
enum Omnivore {
    private static let members = ServiceMembers([
        "id": FieldNames.identifier, "title": "title", "url": "url", "author": "author",
        "description": "abstract", "labels": "tags", "publishedAt": "date", "updatedAt": "updatedAt",
    ])

    static func isRecognised(_ start: SourceStart) -> Bool {
        JSONSample(start).first?.has("slug", "savedAt", "readingProgress", "url") ?? false
    }

    static func events(of entry: JSONValue, at place: SourcePlace) throws(Rejection) -> [SourceEvent] {
        [
            .item(
                try ArticleMapping.item(
                    from: members(entry.members ?? []), place: place, producer: "omnivore"))
        ]
    }
}

extension FormatEntry {
    static let omnivore = FormatEntry(
        .omnivore, name: "metadata of Omnivore's export",
        fields: [
            ("title", ["title"]), ("author", ["author"]), ("date", ["publishedAt"]), ("url", ["url"]),
            ("abstract", ["description"]), ("tags", ["labels"]),
        ], isRecognised: Omnivore.isRecognised,
        open: { (source, _) throws(InterchangeError) in
            try ServiceReader(source, name: "metadata of Omnivore's export") {
                (value, place) throws(Rejection) in
                try Omnivore.events(of: value, at: place)
            }
        })
}
