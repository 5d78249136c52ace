internal import QuipuCausality
internal import QuipuStorage

/// All that `show` says about one record, read in one view of the archive.
struct RecordPage {
    /// What hangs on a record, and where in its text.
    struct Hanging {
        let record: Record
        /// Nil for what is about the record as a whole.
        let place: TextFinding?
        /// Nil for what has no file.
        let file: AttachmentPresence?
    }

    let record: Record
    let collectionNames: [String]
    let hanging: [Hanging]
    /// What the record itself hangs on.
    let target: Record?
    /// Where in the target's text it is.
    let place: TextFinding?
    /// Fields whose value has no text here: it was forgotten, or has not come yet.
    let lacking: [String]
    /// Its own file; nil for what has none.
    let file: AttachmentPresence?

    init(of record: Record, in store: Store) throws {
        self.record = record
        collectionNames = try record.elements(of: "collections").map { try store.collectionName($0) }
        let attached = try store.records.attachments(to: record.id)
        // Normalising a long text is worth it only when something quotes it.
        let text =
            attached.contains { $0["quote"] != nil } ? record.string("body").map { PassageText($0) } : nil
        hanging = try attached.map {
            Hanging(
                record: $0, place: Self.place(of: $0, in: text), file: try AttachmentPresence($0, in: store))
        }
        file = try AttachmentPresence(record, in: store)
        lacking = try store.keeping.fieldsWithoutText(of: record)
        target = try record.string("target").flatMap { try store.records.target($0) }
        place = Self.place(
            of: record, in: record["quote"] == nil ? nil : target?.string("body").map { PassageText($0) })
    }

    private static func place(of annotation: Record, in text: PassageText?) -> TextFinding? {
        guard let text,
            let selector = TextSelector(quote: annotation["quote"], position: annotation["position"])
        else {
            return nil
        }
        return text.find(selector)
    }

    var json: JSONText {
        var members = JSONText.members(of: record, collections: collectionNames)
        if let place { members += Self.members(of: place) }
        if let file { members += file.members }
        members.append(("missingTexts", JSONText(lacking)))
        members.append(
            (
                "annotations",
                JSONText(
                    hanging.map {
                        JSONText(
                            members: JSONText.members(of: $0.record, collections: [])
                                + ($0.place.map(Self.members(of:)) ?? [])
                                + ($0.file?.members ?? [])
                        )
                    })
            ))
        return JSONText(members: members)
    }

    private static func members(of place: TextFinding) -> [(String, JSONText)] {
        [
            ("place", JSONText(place.word)), ("start", place.range.map { JSONText($0.lowerBound) } ?? nil),
            ("end", place.range.map { JSONText($0.upperBound) } ?? nil),
        ]
    }
}
