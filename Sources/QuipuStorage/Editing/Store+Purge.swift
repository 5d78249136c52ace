public import QuipuCausality
internal import QuipuSQLite

/// What a purge did.
public struct PurgeOutcome: Sendable {
    /// Nil when all was purged already: nothing was written.
    public var version: TransactionName?
    /// Records that lost their values: the one that was named, and what hangs on it.
    public var recordCount = 0
    /// Values that were taken from them.
    public var valueCount = 0
    /// Contents of attachments that nothing names any more.
    public var contents: [BlobHash] = []
}

extension Store {
    /// Forgets a deleted record for good: gives no value to each of its fields and to those of all that hangs on it,
    /// and deletes them again, in an ordinary transaction that every mirror takes in (`Purge`). The texts are gone from
    /// this archive when it returns. Ids, hashes, names of fields and what says where a record came from stay.
    ///
    /// - Throws: `StorageError.notDeleted`; `inConflict` where somebody edited the record without knowing that it was
    ///   deleted; `tooLarge`.
    public func purge(_ id: RecordID, kind: String, author: String) throws -> PurgeOutcome {
        try writing { writer in
            guard let record = try self.record(id, kind: kind), record.flags.contains(.isDeleted) else {
                throw StorageError(
                    .notDeleted,
                    "\(kind) \(id.shortHandle) is not deleted, and only what is deleted is purged",
                    remedy: Remedy(.deleteFirst, id.shortHandle))
            }
            guard try !isDeletionContested(of: record) else {
                throw StorageError(
                    .inConflict,
                    "\(kind) \(id.shortHandle) was edited by somebody who did not know of its deletion",
                    remedy: Remedy(.lookAndDeleteAgain, id.shortHandle))
            }
            let purge = try PendingPurge(of: record, in: self, by: writer)
            var outcome = PurgeOutcome(recordCount: purge.changes.count, valueCount: purge.valueCount)
            if purge.changes.isEmpty { return outcome }
            guard purge.observed.count <= Limits.observedTransactions else {
                throw StorageError(
                    .tooLarge, "too much hangs on \(id.shortHandle) to purge it at once",
                    hint: "purge what hangs on it first")
            }
            outcome.version = try writer.commit(
                purge.changes, observed: purge.observed, author: author, isByProgram: false)
            outcome.contents = purge.contents
            return outcome
        }
    }

    /// Whether somebody edited a deleted record, or restored it, without knowing what others did.
    public func isDeletionContested(of record: Record) throws -> Bool {
        try isDeletionContested(of: self.record(row: record.row))
    }

    private func isDeletionContested(of record: RecordState) throws -> Bool {
        try !unobservedHeads(of: record).isEmpty
            || Set(heads(of: "deleted", in: record).map(\.value)).count > 1
    }

    /// Whether a record is deleted and was purged, and nothing that was written by hand stands against that.
    func isPurged(_ record: RecordState) throws -> Bool {
        try record.flags.contains(.isDeleted) && wasPurged(record) && !hasStandingEdit(record)
    }

    /// Whether anything was ever purged.
    var holdsPurges: Bool {
        get throws {
            try database.integer(
                """
                SELECT EXISTS (
                    SELECT 1
                    FROM version
                    JOIN version AS deletion
                        ON deletion.record = version.record AND deletion.position = version.position
                    JOIN name ON name.row = deletion.field
                    WHERE version.value = ? AND version.flags & 1 AND deletion.value = ?
                        AND name.text = 'deleted'
                )
                """, .blob(Purge.null.bytes), .blob(Purge.yes.bytes)) == 1
        }
    }

    /// Deleted records that were purged.
    public func purgedRecords() throws -> Int {
        var rows: [Int64] = []
        do {
            var found = try database.rows(
                """
                SELECT DISTINCT version.record
                FROM version JOIN record ON record.row = version.record
                WHERE version.value = ? AND version.flags & 5 = 5 AND record.state & 2
                """, .blob(Purge.null.bytes))
            while try found.next() { rows.append(found.integer(0)) }
        }
        return try rows.count { try isPurged(record(row: $0)) }
    }

    /// Whether a field of a record shows that it was purged.
    func wasPurged(_ record: RecordState) throws -> Bool {
        for member in record.fields.members where member.json == Array("null".utf8) {
            if try heads(of: member.name, in: record).contains(where: \.isPurge) { return true }
        }
        // What is shown may be an edit that the purge had not seen.
        guard record.flags.contains(.isInConflict) else { return false }
        for row in try fieldRows(of: record) {
            let name = try interning.name(row, in: database)
            if try heads(of: name, in: record).contains(where: \.isPurge) { return true }
        }
        return false
    }

    /// Whether something that was written by hand stands in a record, or in what hangs on it.
    func hasStandingEdit(_ record: RecordState) throws -> Bool {
        var isFound = false
        try forEachField(of: record) { _, field, _, versions in
            if isFound || Purge.leaves(field) { return }
            isFound = versions.heads.contains { !$0.isImport && !$0.isPurge }
        }
        return isFound
    }

    /// The fields of a record that were purged after a transaction had been received, so that what they were then is
    /// forgotten for good.
    public func fieldsPurged(in record: Record, since version: TransactionName) throws -> [String] {
        guard let end = try locate(version)?.position else { return [] }
        let state = try self.record(row: record.row)
        var found: [String] = []
        for row in try fieldRows(of: state) {
            let name = try interning.name(row, in: database)
            let versions = try versions(of: name, row: row, in: state).versions
            guard let then = versions.visible(asOf: end) else { continue }
            if versions.forgotten.contains(where: { $0.key == then.key }) { found.append(name) }
        }
        return found.sorted { $0.utf8Precedes($1) }
    }
}

/// What a purge has to write.
private struct PendingPurge {
    /// More than hangs on anything in chains of which each link hangs on the one before.
    private static let maximumDepth = 8

    private(set) var changes: [RecordChanges] = []
    private(set) var observed: [TransactionName] = []
    private(set) var valueCount = 0
    private(set) var contents: [BlobHash] = []

    init(of record: RecordState, in store: Store, by writer: Writer) throws {
        var observedPositions: Set<Int64> = []
        for owner in try Self.owners(of: record, in: store) {
            var fields: [FieldChange] = []
            for row in try store.fieldRows(of: owner) {
                let field = try store.interning.name(row, in: store.database)
                let versions = try store.versions(of: field, row: row, in: owner).versions
                let heads = versions.heads
                if field != "deleted" {
                    observedPositions.formUnion(heads.map(\.representative.position))
                }
                if Purge.leaves(field) || heads.allSatisfy(\.isPurge) { continue }
                fields.append(
                    FieldChange(
                        field: field, value: .text(Array("null".utf8)), replaces: try writer.names(of: heads))
                )
                if field == Attachment.hashField {
                    contents += try Self.contents(versions, field, owner, store)
                }
            }
            if fields.isEmpty { continue }
            valueCount += fields.count
            fields.append(
                FieldChange(
                    field: "deleted", value: .text(Array("true".utf8)),
                    replaces: try writer.names(of: try store.heads(of: "deleted", in: owner))))
            changes.append(RecordChanges(id: owner.id, kind: owner.kind, fields: fields))
        }
        observed = try observedPositions.map { try store.name(at: $0) }.sorted()
    }

    /// The record and all that hangs on it, on that, and so on.
    private static func owners(of record: RecordState, in store: Store) throws -> [RecordState] {
        var found = [record]
        var rows: Set<Int64> = [record.row]
        var level = [record]
        for _ in 0..<maximumDepth {
            level = try level.flatMap { try store.hanging(on: $0.id) }.filter { rows.insert($0.row).inserted }
            if level.isEmpty { break }
            found += level
        }
        return found
    }

    private static func contents(
        _ versions: FieldVersions, _ field: String, _ owner: RecordState, _ store: Store
    ) throws -> [BlobHash] {
        try versions.versions.compactMap { version in
            try store.text(of: version, visible: versions.visible, field: field, in: owner)
                .flatMap { Attachment.hash($0) }
        }
    }
}
