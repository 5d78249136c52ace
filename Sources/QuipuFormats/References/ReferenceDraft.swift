internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// What a reader gathers of one reference before it becomes items: the article, and the notes and files that the source
/// writes into the same entry.
struct ReferenceDraft {
    private var fields: [JSONMember] = []
    private var kept: [(name: String, values: [JSONValue])] = []
    private var placeOfKept: [String: Int] = [:]
    /// Plain texts or HTML.
    var notes: [String] = []
    var files: [AttachedFile] = []
    var highlights: [Highlight] = []
    var collections: [[String]] = []
    var tags: [String] = []
    var foreignID: String?
    var producer: String?
    var modified: String?
    /// What the article is called where it has no title.
    var titleFallback: String?

    /// A passage that somebody marked.
    struct Highlight {
        var quote: String
        var note = ""
        var color = ""
    }

    /// What its writer calls the work: the same key in two files may be two works, and one work has many keys.
    mutating func setCitationKey(_ key: String) {
        if key.isEmpty || key.utf8.count > 512 { return }
        foreignID = key
        producer = SourceItem.citationKeys
    }

    /// - Parameter field: as in an archive: `title`, `date`, …
    mutating func set(_ field: String, _ text: String) { set(field, .string(text)) }

    mutating func set(_ field: String, _ value: JSONValue) {
        if SourceValue.isBlank(value) || has(field) { return }
        let value = field == "doi" ? SourceAddress.doi(value)?.value ?? value : value
        fields.append(JSONMember(name: field, value: value))
    }

    func has(_ field: String) -> Bool { fields.contains { $0.name == field } }

    /// The text of a field that was set.
    func text(_ field: String) -> String? { fields.first { $0.name == field }?.value.string }

    /// A title without the inline markup that it may have; with it, it is kept as well.
    mutating func setTitle(_ text: String, keptAs name: String) {
        let plain = NameParts.collapsed(InlineMarkup.stripped(text))
        if has("title") { return keep(name, text) }
        set("title", plain)
        if plain != NameParts.collapsed(text) { keep(name, text) }
    }

    /// - Parameter original: how the source writes the names, kept under `name` where guessing would not give their parts.
    mutating func setAuthors(
        _ names: [NameParts], keptAs name: String, _ original: @autoclosure () -> JSONValue
    ) {
        let shown = names.map(\.shown).filter { !SourceValue.isBlank($0) }
        if shown.isEmpty || has("author") { return }
        set("author", shown.count == 1 ? .string(shown[0]) : .array(shown.map { .string($0) }))
        if !names.allSatisfy(\.canBeGuessed) { keep(name, original()) }
    }

    /// - Returns: whether the text is a date; one that says more than its day is kept as well.
    @discardableResult
    mutating func setDate(_ value: JSONValue, keptAs name: String) -> Bool {
        guard !has("date"), let taken = SourceDate.read(value) else {
            keep(name, value)
            return false
        }
        set("date", taken.value)
        if !taken.isWhole { keep(name, value) }
        return true
    }

    mutating func setLanguage(_ text: String, keptAs name: String) {
        guard !has("language"), let tag = LanguageName.tag(text), SourceValue.language(.string(tag)) != nil
        else {
            return keep(name, text)
        }
        set("language", tag)
        let written = WhiteSpace.trimmed(text).lowercased()
        if tag.lowercased() != written, LanguageName.babel(tag) != written { keep(name, text) }
    }

    /// Keeps a value under the source's own name; several under one name become a list.
    mutating func keep(_ name: String, _ text: String) { keep(name, .string(text)) }

    mutating func keep(_ name: String, _ value: JSONValue) {
        guard !SourceValue.isBlank(value), name.utf8.count <= SourceLimits.maximumFieldNameBytes - 2 else {
            return
        }
        if let place = placeOfKept[name] {
            // The same once more is nothing to keep; in a long list that is not looked for.
            let isKnown = kept[place].values.count < 64 && kept[place].values.contains(value)
            if !isKnown { kept[place].values.append(value) }
        } else {
            placeOfKept[name] = kept.count
            kept.append((name, [value]))
        }
    }

    /// The article first, then what belongs to it.
    ///
    /// - Parameter key: names the article among the items of its source.
    func events(place: SourcePlace, key: String) -> [SourceEvent] {
        var relations = SourceRelations()
        relations.collections = collections
        if !notes.isEmpty || !files.isEmpty || !highlights.isEmpty { relations.key = key }
        let article: SourceItem
        do throws(Rejection) {
            article = try self.article(place: place, relations: relations)
        } catch {
            return [error.event(at: place)]
        }
        return [.item(article)] + parts(of: key, place: place)
    }

    func article(place: SourcePlace, relations: SourceRelations) throws(Rejection) -> SourceItem {
        var members = fields
        if !tags.isEmpty { members.append(JSONMember(name: "tags", value: .array(tags.map { .string($0) }))) }
        for (name, values) in kept {
            members.append(
                JSONMember(name: "x-" + name, value: values.count == 1 ? values[0] : .array(values)))
        }
        guard members.count <= SourceLimits.maximumFields else {
            throw Rejection("it has more than \(SourceLimits.maximumFields) fields")
        }
        let item = try ArticleMapping.item(
            from: members, place: place, relations: relations,
            titleFallback: { (titleFallback ?? authorAndYear).flatMap(DerivedTitle.bounded) })
        return SourceItem(
            place: place, fields: item.fields, tags: item.tags, foreignID: foreignID, producer: producer,
            modified: modified, kept: item.kept.map { $0.hasPrefix("x-") ? String($0.dropFirst(2)) : $0 },
            relations: relations)
    }

    /// `Ana Quispe (2020)`, of what has neither a title nor anything that could stand for it.
    private var authorAndYear: String? {
        let author = fields.first { $0.name == "author" }?.value
        guard let name = author?.string ?? author?.array?.first?.string else { return nil }
        return text("date").map { "\(name) (\($0.prefix(4)))" } ?? name
    }

    private func parts(of key: String, place: SourcePlace) -> [SourceEvent] {
        var relations = SourceRelations()
        relations.parent = key
        var events: [SourceEvent] = []
        func add(_ make: () throws(Rejection) -> SourceItem) {
            do throws(Rejection) { events.append(.item(try make())) } catch {
                events.append(error.event(at: place))
            }
        }
        for note in notes where !SourceValue.isBlank(note) {
            let text =
                InlineMarkup.isHTML(note) ? ReadingText.fromHTML(note, base: nil) : WhiteSpace.trimmed(note)
            add { () throws(Rejection) in
                try .note(text: text, facts: PartFacts(), place: place, relations: relations)
            }
        }
        for highlight in highlights where !highlight.quote.isEmpty {
            var facts = PartFacts()
            if !highlight.color.isEmpty {
                facts.beside = [JSONMember(name: "color", value: .string(highlight.color))]
            }
            relations.passage = SourcePassage(exact: highlight.quote)
            add { [relations] () throws(Rejection) in
                try .annotation(
                    text: highlight.note.isEmpty ? nil : highlight.note, facts: facts, place: place,
                    relations: relations)
            }
        }
        relations.passage = nil
        for file in files {
            relations.file = .path(file.path)
            add { [relations] () throws(Rejection) in
                try .attachment(
                    name: file.name, mediaType: file.mediaType, facts: PartFacts(), place: place,
                    relations: relations)
            }
        }
        return events
    }
}
