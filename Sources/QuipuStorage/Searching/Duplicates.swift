internal import QuipuCausality
internal import QuipuSQLite

/// Records that are likely the same, or one that is likely two.
public struct DuplicateGroup: Sendable {
    /// Why; the strongest reasons come first.
    public enum Reason: String, Sendable, CaseIterable, Comparable {
        /// One record that holds two items of one source, or DOIs of several works that imports gave.
        case twoArticles = "two-articles"
        case sameDOI = "same-doi"
        case sameText = "same-text"
        case sameURL = "same-url"
        case sameTitleAndDate = "same-title-and-date"
        case sameAuthorAndTitle = "same-author-and-title"

        public static func < (left: Reason, right: Reason) -> Bool {
            allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
        }
    }

    public var reasons: [Reason]
    /// In the order of their ids, a few of them.
    public var records: [Record]
    /// How many there are in all.
    public var count: Int
    /// The fields in which those differ, by name.
    public var differing: [String]

    static let mostRecords = 20
}

/// Some of the likely duplicates.
public struct DuplicatePage: Sendable {
    public var groups: [DuplicateGroup] = []
    /// How many there are in all.
    public var total = 0
    /// False where the archive cannot be written now, so that new records are not compared by their texts and addresses.
    public var isIndexFresh = true
}

/// Finds records that are likely the same. What is compared is sorted before, by keys that are kept in indexes: no record is held
/// against all others, and what it costs grows with what there is and what is found.
struct DuplicateSearch: ArchivePart {
    let archive: OpenArchive
}

extension DuplicateSearch {
    private static let kind = "article"

    /// Sets of records, and why they are likely one.
    private typealias Findings = [[Int64]: Set<DuplicateGroup.Reason>]

    /// The strongest reasons first, then in the order of the least ids.
    func page(offset: Int, limit: Int?) throws -> DuplicatePage {
        var page = DuplicatePage()
        page.isIndexFresh = try prepare()
        try reading {
            let found = try sorted(findings())
            page.total = found.count
            let first = min(max(0, offset), found.count)
            let last = first + min(max(0, limit ?? found.count), found.count - first)
            page.groups = try found[first..<last].map { try group($0.rows, $0.reasons) }
        }
        return page
    }

    /// - Returns: false where the index of keys could not be brought up to date.
    private func prepare() throws -> Bool {
        guard try database.integer("SELECT identified_position FROM archive") ?? 0 < position else {
            return true
        }
        if archive.lacksRoomForIndexes { return false }
        do {
            try writing { try archive.keyIndex.bringUpToDate(through: $0.position) }
            return true
        } catch let error as StorageError where [.readOnly, .busy, .diskFull].contains(error.code) {
            return false
        }
    }

    private func findings() throws -> Findings {
        var findings: Findings = [:]
        guard let kind = try interning.knownNameRow(Self.kind, in: database) else { return findings }
        var present = MatchingRows()
        var rows = try database.rows(
            "SELECT row FROM record INDEXED BY record_by_kind WHERE kind = ? AND NOT state & 2",
            .integer(kind))
        while try rows.next() { present.insert(rows.integer(0)) }
        let merges = try merges
        try findSameKeys(present, merges, &findings)
        try findSameTitles(present, merges, &findings)
        try findTwoInOne(present, merges, &findings)
        return findings
    }

    /// - Parameter rows: of records, of which those that are shown under one are one.
    private func note(
        _ rows: some Sequence<Int64>, _ reason: DuplicateGroup.Reason, _ merges: MergeGraph,
        _ findings: inout Findings
    ) {
        let shown = Set(rows.map { merges.representative(of: $0) })
        if shown.count > 1 { findings[shown.sorted(), default: []].insert(reason) }
    }

    // MARK: DOI, address and text

    /// Keys of all versions lead to records; what counts is what they show.
    private func findSameKeys(
        _ present: MatchingRows, _ merges: MergeGraph, _ findings: inout Findings
    ) throws {
        var run: (key: Int64, rows: [Int64]) = (0, [])
        var rows = try database.rows("SELECT key, record FROM identity ORDER BY key, record")
        while try rows.next() {
            let (key, row) = (rows.integer(0), rows.integer(1))
            if key != run.key {
                try noteSameKeys(run.key, run.rows, merges, &findings)
                run = (key, [])
            }
            if present.contains(row) { run.rows.append(row) }
        }
        try noteSameKeys(run.key, run.rows, merges, &findings)
    }

    private func noteSameKeys(
        _ key: Int64, _ rows: [Int64], _ merges: MergeGraph, _ findings: inout Findings
    ) throws {
        guard Set(rows.map { merges.representative(of: $0) }).count > 1 else { return }
        var having: [KeyedField: [Int64]] = [:]
        for row in rows {
            let fields = try recordStates.record(row: row).fields
            let field = KeyedField.of(kind: Self.kind).first { field in
                guard let canonical = fields[field.rawValue].flatMap({ field.canonical($0) }) else {
                    return false
                }
                return NaturalKey(field.sort, canonical, kind: Self.kind, in: archive.id).indexKey == key
            }
            if let field { having[field, default: []].append(row) }
        }
        for (field, rows) in having {
            let reason: DuplicateGroup.Reason =
                switch field {
                case .doi: .sameDOI
                case .url: .sameURL
                case .body: .sameText
                }
            note(rows, reason, merges, &findings)
        }
    }

    // MARK: title with date or author

    private struct Heading: Hashable {
        var title: String
        /// The days of the date, or the authors.
        var rest: String
    }

    /// Cards in the order of the beginnings of their titles: those that begin alike are held against each other by all of it.
    private func findSameTitles(
        _ present: MatchingRows, _ merges: MergeGraph, _ findings: inout Findings
    ) throws {
        let cards = try cardIndex.upToDate()
        var run: (caption: [UInt8], rows: [Int64]) = ([], [])
        var rows = try cards.rows(
            "SELECT caption, record FROM card INDEXED BY card_by_caption WHERE caption > '' ORDER BY caption, record"
        )
        while try rows.next() {
            let row = rows.integer(1)
            guard present.contains(row) else { continue }
            let caption = rows.bytes(0)
            if caption != run.caption {
                try noteSameTitles(run.rows, in: cards, merges, &findings)
                run = (caption, [])
            }
            run.rows.append(row)
        }
        try noteSameTitles(run.rows, in: cards, merges, &findings)
    }

    private func noteSameTitles(
        _ rows: [Int64], in cards: Connection, _ merges: MergeGraph, _ findings: inout Findings
    ) throws {
        guard rows.count > 1, Set(rows.map { merges.representative(of: $0) }).count > 1 else { return }
        var byDate: [Heading: [Int64]] = [:]
        var byAuthor: [Heading: [Int64]] = [:]
        for row in rows {
            var card = try cards.rows(
                """
                SELECT heading.title, heading.author, card.first_day, card.last_day
                FROM heading JOIN card ON card.record = heading.rowid
                WHERE heading.rowid = ?
                """, .integer(row))
            guard try card.next() else { continue }
            let (title, author) = (card.text(0), card.text(1))
            if title.isEmpty { continue }
            if !card.isNull(2) {
                let days = "\(card.integer(2)) \(card.integer(3))"
                byDate[Heading(title: title, rest: days), default: []].append(row)
            }
            if !author.isEmpty { byAuthor[Heading(title: title, rest: author), default: []].append(row) }
        }
        for rows in byDate.values { note(rows, .sameTitleAndDate, merges, &findings) }
        for rows in byAuthor.values { note(rows, .sameAuthorAndTitle, merges, &findings) }
    }

    // MARK: two articles that became one record

    private func findTwoInOne(
        _ present: MatchingRows, _ merges: MergeGraph, _ findings: inout Findings
    ) throws {
        var suspects: Set<Int64> = []
        var rows = try database.rows(
            """
            SELECT version.record
            FROM version JOIN name ON name.row = version.field
            WHERE name.text > 'from/-' AND name.text < 'from0' AND version.flags & 4
                OR name.text = 'doi' AND NOT version.flags & 3
            GROUP BY version.record, version.field
            HAVING count(DISTINCT version.value) > 1
            """)
        while try rows.next() { if present.contains(rows.integer(0)) { suspects.insert(rows.integer(0)) } }
        for row in suspects {
            let record = try recordStates.record(row: row)
            if try holdsTwoItems(record) || holdsTwoDOIs(record) {
                findings[[merges.representative(of: row)], default: []].insert(.twoArticles)
            }
        }
    }

    private func holdsTwoItems(_ record: RecordState) throws -> Bool {
        let items = try archive.editing.rememberedItems(in: record)
        return Dictionary(grouping: items, by: \.source.scope).values.contains { $0.count > 1 }
    }

    private func holdsTwoDOIs(_ record: RecordState) throws -> Bool {
        guard let row = try interning.knownNameRow(KeyedField.doi.rawValue, in: database) else {
            return false
        }
        let versions = try recordStates.versions(of: KeyedField.doi.rawValue, row: row, in: record).versions
        var known: Set<String> = []
        for version in versions.versions where version.isImport {
            let json = try recordStates.text(
                of: version, visible: versions.visible, field: KeyedField.doi.rawValue, in: record)
            if let canonical = json.flatMap({ KeyedField.doi.canonical($0) }) { known.insert(canonical) }
        }
        return known.count > 1
    }

    // MARK: for people

    private func sorted(
        _ findings: Findings
    ) throws -> [(rows: [Int64], reasons: [DuplicateGroup.Reason])] {
        var found: [(rows: [Int64], reasons: [DuplicateGroup.Reason], least: RecordID)] = []
        for (rows, reasons) in findings {
            let ids = try rows.map { (row: $0, id: try log.identity(of: $0).id) }.sorted { $0.id < $1.id }
            found.append((ids.map(\.row), reasons.sorted(), ids[0].id))
        }
        found.sort { left, right in
            if left.reasons[0] != right.reasons[0] { return left.reasons[0] < right.reasons[0] }
            if left.least != right.least { return left.least < right.least }
            return left.rows.count > right.rows.count
        }
        return found.map { ($0.rows, $0.reasons) }
    }

    private func group(_ rows: [Int64], _ reasons: [DuplicateGroup.Reason]) throws -> DuplicateGroup {
        let records = try rows.prefix(DuplicateGroup.mostRecords).map { try self.records.view(row: $0) }
        var differing: Set<String> = []
        for name in Set(records.flatMap { $0.fields.map(\.name) }) where !RecordGroups.isNotedByProgram(name)
        {
            let all = records.map { $0[name] }
            if all.contains(where: { $0 != all[0] }) { differing.insert(name) }
        }
        return DuplicateGroup(
            reasons: reasons, records: records, count: rows.count,
            differing: differing.sorted { $0.utf8Precedes($1) })
    }
}
