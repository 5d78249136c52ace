internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Maps the members of another program's JSON object or front matter, by the table of ``FieldNames``.
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
        relations: SourceRelations = .none, titleFallback: () -> String? = { nil }
    ) throws(Rejection) -> SourceItem {
        var mapping = ArticleMapping()
        let candidates = try mapping.sort(members)
        var values: [(field: String, value: JSONValue)] = []
        for (number, row) in FieldNames.table.enumerated() {
            var value: JSONValue?
            if let text, row.field == "body" { value = .string(text) }
            let members = candidates.filter { $0.row == number }
            if members.count == 1 {
                try mapping.take([members[0].member], row.field, &value)
            } else if !members.isEmpty {
                try mapping.take(members.sorted { $0.rank < $1.rank }.map(\.member), row.field, &value)
            }
            if let value { values.append((row.field, value)) }
        }
        return try mapping.finish(
            values, place: place, producer: producer, relations: relations, titleFallback: titleFallback)
    }

    /// The members by the row that they are candidates for; the others are kept. Names that begin with `x-` go first,
    /// so that they keep the names that they have.
    private mutating func sort(
        _ members: [JSONMember]
    ) throws(Rejection) -> [(row: Int, rank: Int, member: JSONMember)] {
        var candidates: [(row: Int, rank: Int, member: JSONMember)] = []
        candidates.reserveCapacity(members.count)
        for member in members where member.name.hasPrefix("x-") { try keep(member) }
        for member in members where !member.name.hasPrefix("x-") {
            let short = FieldNames.short(member.name)
            let place = FieldNames.places(ofShort: short).first { place in
                FieldNames.table[place.row].field != "url"
                    || !FieldNames.namesOfAddressesPerhaps.contains(short)
                    || SourceValue.isWebAddress(member.value)
            }
            if let place {
                candidates.append((place.row, place.rank, member))
                continue
            }
            if modified == nil, FieldNames.namesOfChange.contains(short) {
                modified = SourceValue.line(member.value)?.value.string.flatMap {
                    $0.utf8.count <= Self.maximumIdentifierBytes ? $0 : nil
                }
            }
            try keep(member)
        }
        return candidates
    }

    private mutating func take(
        _ members: [JSONMember], _ field: String, _ value: inout JSONValue?
    ) throws(Rejection) {
        for member in members where !SourceValue.isBlank(member.value) {
            if field == "tags" {
                let list = TagList(member.value)
                if let list { add(list) }
                if list?.isWhole != true { try keep(member) }
            } else if field == FieldNames.identifier {
                try takeIdentifier(member)
            } else if let value {
                // The same once more is nothing to keep.
                if ArticleMapping.taken(member.value, by: field)?.value != value { try keep(member) }
            } else if let taken = ArticleMapping.taken(member.value, by: field) {
                value = taken.value
                if !taken.isWhole { try keep(member) }
            } else {
                try keep(member)
            }
        }
    }

    private mutating func add(_ list: TagList) {
        if tags.isEmpty {
            tags = list.tags
            return
        }
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
        case "url": SourceAddress.url(value)
        case "doi": SourceAddress.doi(value)
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
        _ values: [(field: String, value: JSONValue)], place: SourcePlace, producer: String?,
        relations: SourceRelations, titleFallback: () -> String?
    ) throws(Rejection) -> SourceItem {
        for (field, value) in values {
            // What we wrote ourselves is compared with the record that it was written from.
            if producer != SourceItem.ownProducer, ["body", "abstract"].contains(field),
                let text = value.string
            {
                try fields.add(field, .string(LineEnds.unified(text)))
            } else {
                try fields.add(field, value)
            }
        }
        func given(_ field: String) -> JSONValue? { values.first { $0.field == field }?.value }
        // An address of the resolver is a DOI.
        if given("doi") == nil, let doi = given("url")?.string.flatMap(CanonicalDOI.canonicalize) {
            try fields.add("doi", .string(doi))
        }
        if given("title") == nil {
            if let derived = titleFallback() ?? given("body")?.string.flatMap(DerivedTitle.firstSentence) {
                try fields.add("title", .string(derived))
                try fields.add("derived/title", true)
            } else if given("url") == nil, given("doi") == nil {
                guard let derived = given("abstract")?.string.flatMap(DerivedTitle.firstSentence) else {
                    throw Rejection("it has neither title, body, URL nor DOI")
                }
                try fields.add("title", .string(derived))
                try fields.add("derived/title", true)
            }
        }
        guard tags.count <= SourceLimits.maximumFields else {
            throw Rejection("it has more than \(SourceLimits.maximumFields) tags")
        }
        return SourceItem(
            place: place, fields: try fields.sorted(), tags: tags, foreignID: foreignID, producer: producer,
            modified: modified, kept: kept, relations: relations)
    }
}
