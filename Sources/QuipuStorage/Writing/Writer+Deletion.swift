internal import QuipuCausality
internal import QuipuSQLite

/// Which heads a record's deletion is to be held against.
enum DeletionReview {
    /// Of the record and of all that hangs on it.
    case all
    /// Of those among these that changed.
    case only(Set<Int64>)
}

extension Writer {
    /// Holds what the standing deletes of a record saw against the heads of the record and of what hangs on it.
    func reviewDeletions() throws {
        for (row, review) in recordsToReview.sorted(by: { $0.key < $1.key }) {
            var record = try store.record(row: row)
            let before = record.flags
            try giveRows(to: &record)
            let isOpen = try record.flags.contains(.isDeleted) && hasUnseenHeads(record, review)
            try noteConflict(isOpen, field: 0, record: &record)
            if record.flags != before {
                try database.run(
                    "UPDATE record SET state = ? WHERE row = ?", .integer(record.flags.rawValue),
                    .integer(row))
            }
        }
        recordsToReview.removeAll()
    }

    /// Whether the standing deletes of a record have not seen some head. Where only some records changed and no other had
    /// such a head before, the rest need not be looked at: thousands of annotations may hang there.
    private func hasUnseenHeads(_ record: RecordState, _ review: DeletionReview) throws -> Bool {
        if case .only(let changed) = review {
            if try !store.unobservedHeads(of: record, only: changed).isEmpty { return true }
            let wasOpen = try database.integer(
                "SELECT EXISTS (SELECT 1 FROM conflict WHERE record = ? AND field = 0)", .integer(record.row))
            if wasOpen == 0 { return false }
        }
        return try !store.unobservedHeads(of: record).isEmpty
    }

    /// - Parameter changed: of the record and of what hangs on it the one that changed; nil where that may be any.
    func review(_ row: Int64, changed: Int64?) {
        switch (recordsToReview[row], changed) {
        case (.all, _), (_, nil): recordsToReview[row] = .all
        case (.only(let known), let changed?): recordsToReview[row] = .only(known.union([changed]))
        case (nil, let changed?): recordsToReview[row] = .only([changed])
        }
    }
}

/// A head of a field of some record.
struct Head {
    var record: RecordState
    var field: String
    var fieldRow: Int64
    var version: Version
}

extension Store {
    /// The heads made by hand that no standing delete of a record has seen.
    /// - Parameter rows: which of the record and of what hangs on it are looked at; nil for all.
    func unobservedHeads(of record: RecordState, only rows: Set<Int64>? = nil) throws -> [Head] {
        let deletedRow = try interning.knownNameRow("deleted", in: database) ?? 0
        let deletions = try versions(of: "deleted", row: deletedRow, in: record).versions
        let isTrue = ValueHash(of: Array("true".utf8))
        var observed: Set<Int64> = []
        for head in deletions.heads where head.value == isTrue {
            for member in head.members {
                // A transaction that deletes has seen its own changes.
                observed.insert(member.position)
                observed.formUnion(try body(at: member.position).observed)
            }
        }
        var found: [Head] = []
        let owners = try rows.map { try $0.sorted().map { try self.record(row: $0) } }
        try forEachField(of: owners ?? withHanging(record)) { owner, field, row, versions in
            for version in Deletion.unobservedHeads(of: versions, observed: observed) {
                found.append(Head(record: owner, field: field, fieldRow: row, version: version))
            }
        }
        return found
    }

    /// Visits every field but `deleted` of a record and of what hangs on it.
    func forEachField(
        of record: RecordState,
        _ visit: (_ owner: RecordState, _ field: String, _ row: Int64, _ versions: FieldVersions) throws ->
            Void
    ) throws {
        try forEachField(of: withHanging(record), visit)
    }

    private func withHanging(_ record: RecordState) throws -> [RecordState] {
        [record] + (try hanging(on: record.id))
    }

    private func forEachField(
        of owners: [RecordState],
        _ visit: (_ owner: RecordState, _ field: String, _ row: Int64, _ versions: FieldVersions) throws ->
            Void
    ) throws {
        for owner in owners {
            for field in try fieldRows(of: owner) {
                let name = try interning.name(field, in: database)
                if name == "deleted" || SourceMemory.isMemory(name) { continue }
                try visit(owner, name, field, try versions(of: name, row: field, in: owner).versions)
            }
        }
    }

    func hanging(on id: RecordID) throws -> [RecordState] {
        var found: [Int64] = []
        do {
            var rows = try database.rows(
                "SELECT record FROM hanging WHERE target = ? ORDER BY record", .blob(id.bytes))
            while try rows.next() { found.append(rows.integer(0)) }
        }
        return try found.map { try record(row: $0) }
    }

    /// The names' rows of all fields that a record was ever given.
    func fieldRows(of record: RecordState) throws -> [Int64] {
        var found: Set<Int64> = []
        for member in record.fields.members {
            if let row = try interning.knownNameRow(member.name, in: database) { found.insert(row) }
        }
        var rows = try database.rows(
            "SELECT DISTINCT field FROM version WHERE record = ?", .integer(record.row))
        while try rows.next() { found.insert(rows.integer(0)) }
        return found.sorted()
    }
}
