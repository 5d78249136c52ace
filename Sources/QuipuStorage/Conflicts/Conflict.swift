public import QuipuCausality
internal import QuipuSQLite

/// One of the conflicting values.
public struct Contender: Sendable {
    public var version: TransactionName
    public var author: String
    /// Who had set the value, if an undo brought it back into this conflict: then `author` undid.
    public var originalAuthor: String?
    /// Unix milliseconds, less what clock notes take off.
    public var timeMilliseconds: Int64
    public var isByProgram: Bool
    /// Canonical JSON; nil where the text is not here.
    public var json: [UInt8]?
    /// The record and field it is of: for a deletion they may be of what hangs on the record.
    public var record: RecordID
    public var kind: String
    public var field: String
}

/// A field with several heads that differ, or a deleted record with edits that its delete had not seen.
public struct Conflict: Sendable {
    public var id: RecordID
    public var kind: String
    /// `deleted` for a deletion.
    public var field: String
    public var isDeletion: Bool
    /// The version that is shown now; for a deletion, the delete.
    public var current: Contender
    public var others: [Contender]
    /// The value that all of them replaced, where there is just one.
    public var ancestor: Contender?
}

/// The open conflicts of an archive.
struct Conflicts: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var openConflictList: Conflicts { Conflicts(archive: archive) }
}

extension Conflicts {
    /// All open conflicts, in the order of the records.
    /// - Parameters:
    ///   - id: only those of records with this id.
    ///   - kind: of these only those of this kind.
    public func all(of id: RecordID? = nil, kind: String? = nil) throws -> [Conflict] {
        var found: [Conflict] = []
        try forEach(of: id, kind: kind) {
            found.append($0)
            return true
        }
        return found
    }

    /// Visits open conflicts, in the order of the records, one at a time.
    /// - Parameter visit: returns false to stop.
    public func forEach(of id: RecordID? = nil, kind: String? = nil, _ visit: (Conflict) throws -> Bool)
        throws
    {
        let merges = try merges
        // Rows and numbers of names are this machine's alone; all mirrors list in the same order.
        var grouped = try conflictsOfGroups(of: id, kind: kind)[...]
        var places = try placesInConflict(of: id, kind: kind)
        while try places.next() {
            let field = places.integer(1)
            let record = try recordStates.record(row: places.integer(0))
            if field != 0, Self.isGrouped(record.row, merges) { continue }
            let place = ConflictPlace(
                id: record.id, kind: record.kind,
                field: field == 0 ? "" : try interning.name(field, in: database))
            while let next = grouped.first, next.place < place {
                if try !visit(conflict(of: grouped.removeFirst())) { return }
            }
            let conflict =
                try field == 0 ? deletionConflict(of: record) : conflict(of: record, field: field)
            if try !visit(conflict) { return }
        }
        for next in grouped { if try !visit(conflict(of: next)) { return } }
    }

    private func placesInConflict(of id: RecordID?, kind: String?) throws -> Rows {
        guard let id else {
            return try database.rows(
                """
                SELECT conflict.record, conflict.field
                FROM conflict
                JOIN record ON record.row = conflict.record
                JOIN name AS kind ON kind.row = record.kind
                LEFT JOIN name ON name.row = conflict.field
                ORDER BY record.id, kind.text, name.text
                """)
        }
        return try database.rows(
            """
            SELECT conflict.record, conflict.field
            FROM record
            CROSS JOIN conflict ON conflict.record = record.row
            JOIN name AS kind ON kind.row = record.kind
            LEFT JOIN name ON name.row = conflict.field
            WHERE record.handle = ?1 AND record.id = ?2 AND (?3 IS NULL OR kind.text = ?3)
            ORDER BY kind.text, name.text
            """, .integer(id.handle), .blob(id.bytes), .text(kind))
    }

    private func conflict(of record: RecordState, field row: Int64) throws -> Conflict {
        let field = try interning.name(row, in: database)
        let versions = try recordStates.versions(of: field, row: row, in: record).versions
        guard let visible = versions.visible else {
            throw StorageError.damaged(database.path, "a conflict of record \(record.row) has no heads")
        }
        // Heads with one value are one contender, under the head that ranks highest.
        var others: [Version] = []
        var listed: Set<ValueHash> = [visible.value]
        for head in versions.rankedHeads where listed.insert(head.value).inserted { others.append(head) }
        let reopened = try reopenedVersions(in: versions)
        let ancestors =
            others.count == 1 ? versions.nearestCommonAncestors(visible, others[0], reopened) : []
        func contender(_ version: Version) throws -> Contender {
            var found = try self.contender(version, visible: visible, field: field, of: record)
            if let key = reopened.chain(version.key).last, key != version.key, let original = versions[key] {
                found.originalAuthor = try log.headline(at: original.representative.position).author
            }
            return found
        }
        return Conflict(
            id: record.id, kind: record.kind, field: field, isDeletion: false,
            current: try contender(visible),
            others: try others.map(contender),
            ancestor: ancestors.count == 1 ? try contender(ancestors[0]) : nil)
    }

    private func deletionConflict(of record: RecordState) throws -> Conflict {
        guard let row = try interning.knownNameRow("deleted", in: database),
            let visible = try recordStates.versions(of: "deleted", row: row, in: record).versions.visible
        else { throw StorageError.damaged(database.path, "a deletion of record \(record.row) is missing") }
        return Conflict(
            id: record.id, kind: record.kind, field: "deleted", isDeletion: true,
            current: try contender(visible, visible: visible, field: "deleted", of: record),
            others: try recordStates.unobservedHeads(of: record).map { head in
                let visible = try recordStates.versions(of: head.field, row: head.fieldRow, in: head.record)
                    .versions
                    .visible
                return try contender(head.version, visible: visible, field: head.field, of: head.record)
            }, ancestor: nil)
    }

    func contender(_ version: Version, visible: Version?, field: String, of record: RecordState) throws
        -> Contender
    {
        let written = try log.headline(at: version.representative.position)
        return Contender(
            version: written.version, author: written.author, timeMilliseconds: written.timeMilliseconds,
            isByProgram: written.isByProgram,
            json: try recordStates.text(of: version, visible: visible, field: field, in: record),
            record: record.id, kind: record.kind, field: field)
    }

    public var count: Int {
        get throws {
            var count = Int(try database.integer("SELECT count(*) FROM conflict") ?? 0)
            let merges = try merges
            if merges.isEmpty { return count }
            for row in Array(merges.allMembers) + Array(merges.allRepresentatives) {
                count -= Int(
                    try database.integer(
                        "SELECT count(*) FROM conflict WHERE record = ? AND field != 0", .integer(row)) ?? 0)
            }
            return try count + conflictsOfGroups(of: nil, kind: nil).count
        }
    }
}
