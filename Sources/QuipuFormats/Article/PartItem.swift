internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// What a source says of an item that belongs to an article, before it becomes fields.
///
/// Who and when are values as the source writes them, read as those of an article; what no field takes of them is kept
/// under `x-author`, `x-date` and `x-tags`.
struct PartFacts {
    var author: JSONValue?
    /// When it was made.
    var date: JSONValue?
    /// A list, or one text with commas.
    var tags: JSONValue?
    /// Members of the source that no field takes: they are kept under `x-` and their name.
    var beside: [JSONMember] = []
    /// The source's own id, and whose ids these are, as in `SourceItem`.
    var foreignID: String?
    var producer: String?
    /// When the source last changed it, as it wrote it.
    var modified: String?

    init() {}
}

extension SourceItem {
    /// A remark on a passage of an article, or on another remark. The passage stands in `relations.passage`, the article in
    /// `relations.parent`.
    ///
    /// - Parameter text: the remark; nil for a highlight without one.
    /// - Throws: where it has neither a remark, a passage nor a tag.
    static func annotation(
        text: String?, facts: PartFacts, place: SourcePlace, relations: SourceRelations
    ) throws(Rejection) -> SourceItem {
        let passage = relations.passage.map { !SourceValue.isBlank($0.exact) } ?? false
        return try part(
            "annotation", [("text", text)], facts, place, relations,
            lacks: passage ? nil : "it has neither a remark, a quotation nor a tag")
    }

    /// A text of one's own; on an article where `relations.parent` names one.
    ///
    /// - Throws: where it has neither a title, a text nor a tag.
    static func note(
        title: String? = nil, text: String?, facts: PartFacts, place: SourcePlace,
        relations: SourceRelations
    ) throws(Rejection) -> SourceItem {
        try part(
            "note", [("title", title), ("text", text)], facts, place, relations,
            lacks: "it has neither a title, a text nor a tag")
    }

    /// A file that belongs to the article in `relations.parent`; its bytes are those of `relations.file`. Who, when and
    /// tags are kept as of any part.
    ///
    /// - Throws: where it has neither a name nor a file.
    static func attachment(
        name: String?, mediaType: String?, facts: PartFacts, place: SourcePlace,
        relations: SourceRelations
    ) throws(Rejection) -> SourceItem {
        // An attachment has no author and no date of its own.
        var facts = facts
        for (member, value) in [("author", facts.author), ("date", facts.date)] {
            if let value { facts.beside.append(JSONMember(name: member, value: value)) }
        }
        (facts.author, facts.date) = (nil, nil)
        return try part(
            "attachment", [("name", name), ("mediaType", mediaType)], facts, place, relations,
            lacks: relations.file == nil ? "it has neither a name nor a file" : nil)
    }

    /// - Parameter lacks: why it is rejected where it has neither a text nor a tag.
    private static func part(
        _ kind: String, _ texts: [(field: String, text: String?)], _ facts: PartFacts, _ place: SourcePlace,
        _ relations: SourceRelations, lacks: String?
    ) throws(Rejection) -> SourceItem {
        var fields = FieldSet()
        var kept: [String] = []
        var isEmpty = true
        try FieldSet.requireShortNames(facts.beside)
        for (field, text) in texts {
            guard let text, !SourceValue.isBlank(text) else { continue }
            let isProse = field == "text" && facts.producer != SourceItem.ownProducer
            try fields.add(field, .string(isProse ? LineEnds.unified(text) : text))
            isEmpty = false
        }
        func keep(_ name: String, _ value: JSONValue) throws(Rejection) {
            if SourceValue.isBlank(value) { return }
            try fields.keep(name.nfc, value)
            kept.append(name)
        }
        for member in facts.beside { try keep(member.name, member.value) }
        let readers: [(String, JSONValue?, (JSONValue) -> Taken?)] = [
            ("author", facts.author, PersonName.read), ("date", facts.date, SourceDate.read),
        ]
        for (field, value, read) in readers {
            guard let value, !SourceValue.isBlank(value) else { continue }
            let taken = read(value)
            if let taken { try fields.add(field, taken.value) }
            if taken?.isWhole != true { try keep(field, value) }
        }
        var tags: [String] = []
        if let value = facts.tags, !SourceValue.isBlank(value) {
            let list = TagList(value)
            tags = list?.tags ?? []
            if list?.isWhole != true { try keep("tags", value) }
        }
        guard tags.count <= SourceLimits.maximumFields else {
            throw Rejection("it has more than \(SourceLimits.maximumFields) tags")
        }
        if let lacks, isEmpty, tags.isEmpty { throw Rejection(lacks) }
        return SourceItem(
            place: place, kind: kind, fields: try fields.sorted(), tags: tags, foreignID: facts.foreignID,
            producer: facts.producer, modified: facts.modified, kept: kept, relations: relations)
    }
}
