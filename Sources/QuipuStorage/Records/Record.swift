internal import QuipuCanonicalJSON
public import QuipuCausality
internal import QuipuSQLite

/// A record as it is seen now.
public struct Record: Sendable {
    public struct Field: Sendable, Equatable {
        public var name: String
        /// Canonical JSON.
        public var json: [UInt8]

        public init(name: String, json: [UInt8]) {
            self.name = name
            self.json = json
        }
    }

    public let id: RecordID
    public let kind: String
    /// The record under which this one is shown, because it was merged into it or into one that was.
    public let mergedInto: RecordID?
    /// The records that were merged into this one and are shown under it, in the order of their ids.
    public let members: [RecordID]
    /// Visible values, in the order of their UTF-8 names; `deleted` is left out.
    public private(set) var fields: [Field]
    public let isDeleted: Bool
    /// It was forgotten for good, and nothing that was written by hand stands against that.
    public let isPurged: Bool
    public let isInConflict: Bool
    /// The latest transaction that made one of the visible values.
    public let version: TransactionName
    let row: Int64

    /// The value of a field; nil when it has none, or its text is not here.
    public subscript(name: String) -> [UInt8]? { fields.first { $0.name == name }?.json }

    /// The record without its other fields: a text may be long, and need not be held while something else is written.
    public func keeping(_ isKept: (String) -> Bool) -> Record {
        var record = self
        record.fields.removeAll { !isKept($0.name) }
        return record
    }

    /// A field that holds a string.
    public func string(_ name: String) -> String? { self[name].flatMap { decodeString($0) } }

    /// The elements of a set-valued field: those whose value is `true`.
    public func elements(of set: String) -> [String] {
        let prefix = set + "/"
        return fields.filter { $0.name.hasPrefix(prefix) && $0.json == JSONLiteral.true }
            .map { String($0.name.dropFirst(prefix.count)) }
    }

    public var tags: [String] { elements(of: "tags") }

    /// Where it came from, for people: the scope of the source's ids and the id, `plain:Press 42`.
    public var sources: [String] {
        fields.filter {
            // What was split off is remembered no more.
            SourceMemory.isMemory($0.name) && $0.name != LeftItems.field && $0.json != JSONLiteral.null
        }.map { field in
            let scope = field.name.dropFirst(SourceMemory.prefix.count)
            return "\(scope) \(SourceState(parsing: field.json)?.id ?? "")"
        }
    }

    /// The items of sources that imports read into it, as far as its fields show them.
    public var sourceItems: [ItemSource] {
        fields.compactMap { field in
            guard SourceMemory.isMemory(field.name), field.name != LeftItems.field,
                let state = SourceState(parsing: field.json)
            else { return nil }
            return ItemSource(scope: String(field.name.dropFirst(SourceMemory.prefix.count)), id: state.id)
        }
    }

    /// Its caption in listings: its title, name, quotation or text.
    public var caption: String? { Self.caption { self[$0] } }

    /// - Parameter value: of a field.
    static func caption(_ value: (String) -> [UInt8]?) -> String? {
        func string(_ name: String) -> String? { value(name).flatMap { decodeString($0) } }
        if let title = string("title") ?? string("name") { return title }
        if let quote = value("quote"), let parsed = try? JSONParser().parse(quote) {
            return parsed["exact"]?.string
        }
        return string("text")
    }
}

/// Records as people see them.
public struct Records: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var records: Records { Records(archive: archive) }
}

extension Records {
    /// What an annotation, a note or an attachment with this target hangs on. Where records of several kinds have the id,
    /// an article, since most hang on one.
    public func target(_ text: String) throws -> Record? {
        guard let id = RecordID(text: text) else { return nil }
        if let article = try view(id, kind: "article") { return article }
        return try candidates(for: text, kind: nil).first.map { try view(row: $0) }
    }

    /// A record by its id and kind, or the one under which it is shown; nil when there is none.
    public func view(_ id: RecordID, kind: String) throws -> Record? {
        try recordStates.record(id, kind: kind).map { try shown($0) }
    }

    /// Likewise, as it is kept, whatever it is merged into, and whatever is merged into it.
    public func stored(_ id: RecordID, kind: String) throws -> Record? {
        try recordStates.record(id, kind: kind).map { state in
            var facts: [Int64: TransactionFacts] = [:]
            return try stored(state, &facts)
        }
    }

    /// What people see who name a record: the one under which it is shown. One that was deleted by itself is shown by itself,
    /// so that it can be restored.
    func shown(_ state: RecordState) throws -> Record {
        try view(shownState(state))
    }

    func shownState(_ state: RecordState) throws -> RecordState {
        try isDeletedAlone(state) ? state : recordStates.representative(of: state)
    }

    /// Whether a record is deleted, and the one that it is merged into is not.
    func isDeletedAlone(_ state: RecordState) throws -> Bool {
        guard state.flags.contains(.isDeleted) else { return false }
        return try !recordStates.representative(of: state).flags.contains(.isDeleted)
    }

    /// What a listing calls a record, found without a look at its versions; nil where there is none of this id.
    public func caption(of id: RecordID, kind: String) throws -> String? {
        try recordStates.record(id, kind: kind).flatMap { state in Record.caption { state.fields[$0] } }
    }

    func view(row: Int64) throws -> Record { try view(try recordStates.record(row: row)) }

    func view(_ state: RecordState) throws -> Record {
        var facts: [Int64: TransactionFacts] = [:]
        return try view(state, &facts)
    }

    /// - Parameter facts: of transactions that were asked for before, in the same view of the archive.
    func view(_ state: RecordState, _ facts: inout [Int64: TransactionFacts]) throws -> Record {
        guard let group = try recordGroups.group(of: state) else { return try stored(state, &facts) }
        return try view(of: group, &facts)
    }

    func stored(_ state: RecordState, _ facts: inout [Int64: TransactionFacts]) throws -> Record {
        let representative = try recordStates.representative(of: state)
        return Record(
            id: state.id, kind: state.kind,
            mergedInto: representative.row == state.row ? nil : representative.id, members: [],
            fields: Self.fields(state.fields),
            isDeleted: state.flags.contains(.isDeleted), isPurged: try recordStates.isPurged(state),
            isInConflict: state.flags.contains(.isInConflict),
            version: try log.name(at: try latestVisiblePosition(of: state, &facts)), row: state.row)
    }

    private func view(of group: RecordGroup, _ facts: inout [Int64: TransactionFacts]) throws -> Record {
        let state = group.representative
        var latest: TransactionFacts?
        for record in group.all {
            let made = try log.facts(at: try latestVisiblePosition(of: record, &facts))
            if let known = latest, (made.stamp, made.chain) < (known.stamp, known.chain) { continue }
            latest = made
        }
        return Record(
            id: state.id, kind: state.kind, mergedInto: nil, members: group.members.map(\.id),
            fields: Self.fields(try recordGroups.shownFields(of: group)),
            isDeleted: state.flags.contains(.isDeleted), isPurged: try recordStates.isPurged(state),
            isInConflict: try openConflictExists(in: group),
            version: try log.name(at: latest?.position ?? state.base), row: state.row)
    }

    private func openConflictExists(in group: RecordGroup) throws -> Bool {
        let isDeletionOpen = try database.integer(
            "SELECT EXISTS (SELECT 1 FROM conflict WHERE record = ? AND field = 0)",
            .integer(group.representative.row))
        return try isDeletionOpen == 1 || !recordGroups.openFields(of: group).isEmpty
    }

    private static func fields(_ fields: VisibleFields) -> [Record.Field] {
        fields.members.filter { $0.name != "deleted" }.map { .init(name: $0.name, json: $0.json) }
    }

    /// The same on every replica: twins go under the least of them, wherever they came first.
    func latestVisiblePosition(of state: RecordState, _ facts: inout [Int64: TransactionFacts]) throws
        -> Int64
    {
        if state.flags.isDisjoint(with: [.hasVersions, .hasTwins]) { return state.base }
        if !state.flags.contains(.hasVersions) {
            return try recordStates.latestPosition(ofPlain: state, &facts)
        }
        var latest: Version.Member?
        for row in try recordStates.fieldRows(of: state) {
            let name = try interning.name(row, in: database)
            guard
                let member = try recordStates.versions(of: name, row: row, in: state).versions.visible?
                    .representative
            else {
                continue
            }
            if let known = latest, (member.stamp, member.chain) < (known.stamp, known.chain) { continue }
            latest = member
        }
        return latest?.position ?? state.base
    }

    /// What hangs on a record and on those merged into it: annotations, notes and attachments, those deleted left out.
    public func attachments(to id: RecordID) throws -> [Record] {
        var found = try recordStates.dependents(on: id)
        for kind in Kinds.known.names where MergedInto.isPossible(for: kind) {
            guard let row = try recordStates.recordRow(id, kind: kind) else { continue }
            for member in try merges.members(of: row) {
                found += try recordStates.dependents(on: recordStates.record(row: member).id)
            }
        }
        return try found.map { try view($0) }.filter { !$0.isDeleted }
    }

    /// Kinds and how many records of each are not deleted, by name; those that are shown under another one left out.
    public func counts() throws -> [(kind: String, count: Int)] {
        var found: [(kind: String, count: Int)] = []
        var rows = try database.rows(
            """
            SELECT name.text, count(*) - (SELECT count(*) FROM record WHERE kind = name.row AND state & 2) AS kept
            FROM record INDEXED BY record_by_kind JOIN name ON name.row = record.kind
            GROUP BY record.kind
            HAVING kept > 0
            ORDER BY name.text
            """)
        while try rows.next() { found.append((rows.text(0), Int(rows.integer(1)))) }
        var hidden: [String: Int] = [:]
        for row in try merges.allMembers {
            let kind = try database.text(
                "SELECT name.text FROM record JOIN name ON name.row = record.kind WHERE record.row = ? AND NOT state & 2",
                .integer(row))
            if let kind { hidden[kind, default: 0] += 1 }
        }
        return found.map { ($0.kind, $0.count - (hidden[$0.kind] ?? 0)) }
    }
}
