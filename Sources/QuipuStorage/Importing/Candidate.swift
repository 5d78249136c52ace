internal import Glibc
internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuNaturalKeys

/// A record that may be what an item is about, and what it holds that the item is compared with.
final class Candidate {
    let archive: OpenArchive
    let record: RecordState
    private var histories: [String: FieldVersions] = [:]
    /// Of all items without an id of their own that left values behind.
    private lazy var marks = Result { Set(try standing(LeftItems.field).flatMap { LeftItems.marks(in: $0) }) }
    private lazy var isMadeByImport = Result { try archive.log.facts(at: record.base).isByProgram }

    init(_ record: RecordState, in archive: OpenArchive) {
        self.record = record
        self.archive = archive
    }

    var isDeleted: Bool { record.flags.contains(.isDeleted) }

    func versions(of field: String) throws -> FieldVersions {
        if let known = histories[field] { return known }
        var versions = FieldVersions()
        if let row = try archive.interning.knownNameRow(field, in: archive.database) {
            versions = try archive.recordStates.versions(of: field, row: row, in: record).versions
        }
        histories[field] = versions
        return versions
    }

    /// Whether an import ever gave a field this value.
    func hasImported(_ field: String, _ json: [UInt8]) throws -> Bool {
        if !record.flags.contains(.hasVersions) {
            return try record.fields[field].map { Self.same($0, json) } == true && isMadeByImport.get()
        }
        let versions = try versions(of: field)
        if !versions.versions.contains(where: \.isImport) { return false }
        let value = ValueHash(of: json)
        return versions.versions.contains { $0.isImport && $0.value == value }
    }

    /// `==` of arrays looks at one byte after the other, and the same file again is a comparison of all that is in it.
    private static func same(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count
            && one.withUnsafeBytes { one in
                other.withUnsafeBytes { other in
                    one.isEmpty || memcmp(one.baseAddress!, other.baseAddress!, one.count) == 0
                }
            }
    }

    /// Whether the last import of a field gave it this value.
    func isLastImport(_ field: String, _ json: [UInt8]) throws -> Bool {
        if !record.flags.contains(.hasVersions) { return try hasImported(field, json) }
        let last = try versions(of: field).importFrontier
        if last.isEmpty { return false }
        let value = ValueHash(of: json)
        return last.contains { $0.value == value }
    }

    /// Whether a field has a value, or had one that was taken away.
    func hasHeads(_ field: String) throws -> Bool {
        try record.fields[field] != nil
            || record.flags.contains(.hasVersions) && !versions(of: field).versions.isEmpty
    }

    /// The values of a field's heads, those that were taken away left out.
    func standing(_ field: String) throws -> [[UInt8]] {
        if !record.flags.contains(.hasVersions) {
            return record.fields[field].map { $0 == JSONLiteral.null ? [] : [$0] } ?? []
        }
        let versions = try versions(of: field)
        let visible = versions.visible
        var found: [[UInt8]] = []
        for head in versions.heads {
            guard
                let json = try archive.recordStates.text(
                    of: head, visible: visible, field: field, in: record),
                json != JSONLiteral.null, !found.contains(json)
            else { continue }
            found.append(json)
        }
        return found
    }

    /// The values that a field has or had, those whose text is not here left out.
    func given(_ field: String) throws -> [[UInt8]] {
        if !record.flags.contains(.hasVersions) { return try standing(field) }
        let versions = try versions(of: field)
        return try versions.versions.compactMap {
            try archive.recordStates.text(of: $0, visible: versions.visible, field: field, in: record)
        }
    }

    // MARK: What the sources gave

    /// The states in which items of a scope were last read here.
    func states(of source: ItemSource) throws -> [SourceState] {
        try standing(source.field).compactMap(SourceState.init(parsing:)).filter { $0.id == source.id }
    }

    func sourceIDs(of scope: ItemSource) throws -> Set<String> {
        Set(try standing(scope.field).compactMap { SourceState(parsing: $0)?.id })
    }

    func holds(_ source: ItemSource) throws -> Bool { try sourceIDs(of: source).contains(source.id) }

    /// Whether a state was ever read here.
    func hasRead(_ state: SourceState, from source: ItemSource) throws -> Bool {
        if record.fields[source.field] == state.json { return true }
        let value = ValueHash(of: state.json)
        return try versions(of: source.field).versions.contains { $0.value == value }
    }

    /// The versions of the memory that a new state of an item replaces.
    func memory(of source: ItemSource) throws -> [Version] {
        let versions = try versions(of: source.field)
        let visible = versions.visible
        return try versions.heads.filter { head in
            let json = try archive.recordStates.text(
                of: head, visible: visible, field: source.field, in: record)
            return json.flatMap(SourceState.init(parsing:))?.id == source.id
        }
    }

    /// Whether an item without an id of its own is noted as one that left values behind.
    func hasMark(of item: ImportItem) throws -> Bool {
        let noted = try marks.get()
        return !noted.isEmpty && noted.contains(LeftItems.mark(of: item))
    }

    /// Whether an import gave the record all that an item without an id of its own says.
    func hasImportedAll(of item: ImportItem) throws -> Bool {
        let isTitleDerived = item.hasDerivedTitle
        for field in item.fields
        where ItemKeys.isGiven(field.name) && !(field.name == "title" && isTitleDerived) {
            guard try hasImported(field.name, field.json) else { return false }
        }
        return true
    }

    // MARK: The title

    /// Whether a person or a source set the current title.
    func hasGivenTitle() throws -> Bool {
        guard record.fields["title"] != nil else { return false }
        if record.fields["derived/title"] != JSONLiteral.true { return true }
        return try versions(of: "title").visible?.isByHand == true
    }

    /// Whether the item's title and date leave open that it is this record.
    func allows(_ item: ImportItem) throws -> Bool {
        if !item.hasDerivedTitle, try hasGivenTitle(), let title = item["title"], try !knows(title: title) {
            return false
        }
        return try agreesOnDate(item)
    }

    /// Whether the dates leave open that it is this record.
    func agreesOnDate(_ item: ImportItem) throws -> Bool {
        guard let date = item["date"].flatMap({ decodeString($0) }) else { return true }
        let dates = try standing("date").compactMap { decodeString($0) }
        if dates.isEmpty || dates.contains(where: { Self.agree($0, date) }) { return true }
        return try hasImported("date", item["date"] ?? [])
    }

    func knows(title json: [UInt8]) throws -> Bool {
        if record.fields["title"] == json { return true }
        if try hasImported("title", json) { return true }
        guard let title = decodeString(json).map(NormalisedText.normalise) else { return false }
        return try standing("title").contains { decodeString($0).map(NormalisedText.normalise) == title }
    }

    /// Whether two dates are one, told to the day or less.
    private static func agree(_ one: String, _ other: String) -> Bool {
        let (one, other) = (one.utf8.prefix(10), other.utf8.prefix(10))
        return one.count < other.count ? other.starts(with: one) : one.starts(with: other)
    }
}

extension ImportItem {
    subscript(name: String) -> [UInt8]? { fields.first { $0.name == name }?.json }
}
