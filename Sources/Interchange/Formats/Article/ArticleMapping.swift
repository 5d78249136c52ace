internal import CanonicalJSON
internal import NaturalKeys

/// What the members of somebody else's JSON object or front matter become, by the table of ``FieldNames``.
///
/// Null, blank texts and empty lists stand for absent. Everything that no field takes is kept under `x-` and its name:
/// unknown members, known ones whose value is of no use (a date that is no date), and those of which a field could take
/// a part only. An item is rejected only where nothing is left to know it by.
struct ArticleMapping {
    /// Of an id, and of a time of change: nothing longer is one.
    private static let maximumIdentifierBytes = 512

    private var fields = FieldSet()
    private var tags: [String] = []
    private var foreignID: String?
    private var modified: String?
    private var kept: [String] = []

    /// - Parameters:
    ///   - text: a body that stands outside the members, as in Markdown; it goes before a member of that name.
    ///   - producer: whose ids the source's are, as in `SourceItem`.
    static func item(
        from members: [JSONMember], text: String? = nil, place: SourcePlace, producer: String? = nil,
        titleFallback: () -> String? = { nil }
    ) throws(Rejection) -> SourceItem {
        var mapping = ArticleMapping()
        let candidates = try mapping.sort(members)
        var values: [String: JSONValue] = [:]
        if let text { values["body"] = .string(text) }
        for (number, row) in FieldNames.table.enumerated() where !candidates[number].isEmpty {
            try mapping.take(
                candidates[number].sorted { $0.rank < $1.rank }.map(\.member), row.field, &values)
        }
        return try mapping.finish(values, place: place, producer: producer, titleFallback: titleFallback)
    }

    /// The members by the row that they are candidates for; the others are kept. Names that begin with `x-` go first,
    /// so that they keep the names that they have.
    private mutating func sort(
        _ members: [JSONMember]
    ) throws(Rejection) -> [[(member: JSONMember, rank: Int)]] {
        var candidates = [[(member: JSONMember, rank: Int)]](repeating: [], count: FieldNames.table.count)
        for member in members where member.name.hasPrefix("x-") { try keep(member) }
        for member in members where !member.name.hasPrefix("x-") {
            let short = FieldNames.short(member.name)
            if FieldNames.namesOfChange.contains(short), modified == nil {
                modified = SourceValue.line(member.value)?.value.string.flatMap {
                    $0.utf8.count <= Self.maximumIdentifierBytes ? $0 : nil
                }
            }
            let places = FieldNames.places(of: member.name).filter { place in
                FieldNames.table[place.row].field != "url"
                    || !FieldNames.namesOfAddressesPerhaps.contains(short)
                    || SourceValue.isWebAddress(member.value)
            }
            if let place = places.first {
                candidates[place.row].append((member, place.rank))
            } else {
                try keep(member)
            }
        }
        return candidates
    }

    private mutating func take(
        _ members: [JSONMember], _ field: String, _ values: inout [String: JSONValue]
    ) throws(Rejection) {
        for member in members where !SourceValue.isBlank(member.value) {
            if field == "tags" {
                let list = TagList(member.value)
                if let list { add(list) }
                if list?.isWhole != true { try keep(member) }
            } else if field == FieldNames.identifier {
                try takeIdentifier(member)
            } else if let value = values[field] {
                // The same once more is nothing to keep.
                if ArticleMapping.taken(member.value, by: field)?.value != value { try keep(member) }
            } else if let taken = ArticleMapping.taken(member.value, by: field) {
                values[field] = taken.value
                if !taken.isWhole { try keep(member) }
            } else {
                try keep(member)
            }
        }
    }

    private mutating func add(_ list: TagList) {
        var seen = Set(tags.map { Array($0.utf8) })
        for tag in list.tags where seen.insert(Array(tag.utf8)).inserted { tags.append(tag) }
    }

    private static func taken(_ value: JSONValue, by field: String) -> Taken? {
        switch field {
        case "title", "publisher": SourceValue.line(value)
        case "body": SourceValue.prose(value)
        case "abstract": SourceValue.prose(value) ?? SourceValue.line(value)
        case "author": PersonName.read(value)
        case "date": SourceDate.read(value)
        case "language": SourceValue.language(value)
        default: value.string != nil || value.array != nil ? SourceValue.line(value) : nil
        }
    }

    private mutating func takeIdentifier(_ member: JSONMember) throws(Rejection) {
        let id = member.value["$oid"] ?? member.value
        guard foreignID == nil, let text = id.string ?? id.number.map({ _ in id.canonicalText }),
            text.utf8.count <= Self.maximumIdentifierBytes
        else { return try keep(member) }
        foreignID = text
        try keep(member)
        kept.removeLast()
    }

    private mutating func keep(_ member: JSONMember) throws(Rejection) {
        try fields.keep(member.name.nfc, member.value)
        if !SourceValue.isBlank(member.value) { kept.append(member.name) }
    }

    private mutating func finish(
        _ values: [String: JSONValue], place: SourcePlace, producer: String?, titleFallback: () -> String?
    ) throws(Rejection) -> SourceItem {
        for row in FieldNames.table {
            if let value = values[row.field] { try fields.add(row.field, value) }
        }
        if values["title"] == nil {
            if let derived = titleFallback() ?? values["body"]?.string.flatMap(DerivedTitle.firstSentence) {
                try fields.add("title", .string(derived))
                try fields.add("derived/title", true)
            } else if values["url"] == nil, values["doi"] == nil {
                throw Rejection("it has neither title, body, URL nor DOI")
            }
        }
        guard tags.count <= SourceLimits.maximumFields else {
            throw Rejection("it has more than \(SourceLimits.maximumFields) tags")
        }
        return SourceItem(
            place: place, fields: try fields.sorted(), tags: tags, foreignID: foreignID, producer: producer,
            modified: modified, kept: kept)
    }
}
