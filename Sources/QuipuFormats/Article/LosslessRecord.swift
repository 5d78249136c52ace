internal import QuipuCanonicalJSON

/// Our own export of a record: `{"fields":{name: value, …},"id":"<uuid>","kind":"article","quipu":1}`, and
/// the same members as front matter. Fields are taken as they are, under the names they have.
enum LosslessRecord {
    static let version = 1
    static let marker = "quipu"

    /// Whether these members are one of ours, of whatever version.
    static func isOurs(_ members: [JSONMember]) -> Bool {
        members.contains { $0.name == marker && $0.value.number != nil }
    }

    /// `text` is the body field when it stands outside the members.
    static func item(
        from members: [JSONMember], text: String? = nil, place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        var id: String?
        var kind: String?
        var fields: [JSONMember]?
        for member in members {
            switch member.name {
            case marker:
                guard member.value.integer == version else {
                    throw Rejection(
                        "it was written by a later version of quipu; this one reads version \(version)")
                }
            case "id": id = member.value.string
            case "kind": kind = member.value.string
            case "fields": fields = member.value.members
            default: throw Rejection("an exported record has no member `\(member.name)`")
            }
        }
        guard let id else { throw Rejection("an exported record needs an `id`, a UUID") }
        guard let kind else { throw Rejection("an exported record needs a `kind`") }
        guard let fields else { throw Rejection("an exported record needs its `fields`, an object") }
        var values = fields.map { (name: $0.name, value: $0.value.canonicalBytes()) }
        if let text { values.append(("body", canonicalString(text))) }
        return try item(id: id, kind: kind, fields: values, place: place)
    }

    static func item(
        id: String, kind: String, fields: [(name: String, value: [UInt8])], place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        guard let id = UUIDText.canonicalize(id) else { throw Rejection("its `id` is not a UUID") }
        guard isKind(kind) else { throw Rejection("its `kind` is empty, too long or not NFC") }
        var set = FieldSet()
        for field in fields {
            guard isFieldName(field.name) else { throw Rejection("a field's name is empty or not NFC") }
            try set.add(field.name, canonical: field.value)
        }
        return SourceItem(place: place, kind: kind, id: id, fields: try set.sorted())
    }

    static func isKind(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= SourceLimits.maximumKindBytes
            && text.nfc.utf8.elementsEqual(text.utf8)
    }

    static func isFieldName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= SourceLimits.maximumFieldNameBytes
            && name.nfc.utf8.elementsEqual(name.utf8)
    }
}
