public import QuipuCausality
internal import QuipuSQLite

/// The result of a purge.
public struct PurgeOutcome: Sendable {
    /// What one of the records that were named lost.
    public struct Share: Sendable {
        public var id: RecordID
        public var kind: String
        /// Records that lost their values: the one that was named, and what hangs on it. 0 when it was purged already.
        public var recordCount: Int
        /// Values that were taken from them.
        public var valueCount: Int
    }

    /// Nil when all was purged already: nothing was written.
    public var version: TransactionName?
    /// In the order in which they were named.
    public var records: [Share]
    /// Contents of attachments that nothing names any more.
    public var contents: [BlobHash] = []

    /// Of all that were named.
    public var recordCount: Int { records.reduce(0) { $0 + $1.recordCount } }
    public var valueCount: Int { records.reduce(0) { $0 + $1.valueCount } }
}

extension Editing {
    /// Forgets deleted records for good: gives no value to each of their fields and to those of all that hangs on them,
    /// and deletes them again, in one ordinary transaction that every mirror takes in (`Purge`). The texts are gone from
    /// this archive when it returns. Ids, hashes, names of fields and what says where a record came from stay.
    ///
    /// - Parameter ids: each once.
    /// - Throws: `StorageError.notDeleted`; `inConflict` if a record was edited without knowledge that it was
    ///   deleted; `tooLarge`; then nothing was written.
    public func purge(_ ids: [(id: RecordID, kind: String)], author: String) throws -> PurgeOutcome {
        try writing { writer in
            // Only their rows: they may be very many.
            var rows: [Int64] = []
            var taken: Set<Int64> = []
            for (id, kind) in ids {
                let record = try purgeable(id, kind: kind)
                for other in try affected(by: record) where taken.insert(other.row).inserted {
                    if other.row != record.row { _ = try purgeable(other.id, kind: other.kind) }
                    rows.append(other.row)
                }
            }
            var purge = PendingPurge(of: taken)
            var outcome = PurgeOutcome(records: [])
            for row in rows {
                let record = try recordStates.record(row: row)
                outcome.records.append(try purge.add(record, in: archive, by: writer))
                guard purge.fits else {
                    throw StorageError(
                        .tooLarge,
                        rows.count == 1
                            ? "\(record.id.shortHandle) has too many dependents to purge it at once"
                            : "these are too many records to purge them at once",
                        hint: rows.count == 1
                            ? "nothing was purged; purge its dependents first"
                            : rows.count == ids.count
                                ? "nothing was purged; the first \(outcome.records.count - 1) of them can be purged at once"
                                : "nothing was purged; purge fewer at a time")
                }
            }
            if purge.changes.isEmpty { return outcome }
            outcome.version = try writer.append(
                purge.changes,
                observed: try purge.observed.map { try log.name(at: $0) }.sorted(), author: author,
                isByProgram: false)
            outcome.contents = purge.contents
            return outcome
        }
    }

    private func purgeable(_ id: RecordID, kind: String) throws -> RecordState {
        guard let record = try recordStates.record(id, kind: kind), record.flags.contains(.isDeleted)
        else {
            throw StorageError(
                .notDeleted,
                "\(kind) \(id.shortHandle) is not deleted; only deleted records can be purged",
                remedy: Remedy(.deleteFirst, id.shortHandle))
        }
        guard try !recordStates.isDeletionContested(of: record) else {
            throw StorageError(
                .inConflict,
                "\(kind) \(id.shortHandle) was edited on a mirror that did not know of its deletion",
                remedy: Remedy(.lookAndDeleteAgain, id.shortHandle))
        }
        return record
    }
}

extension Records {
    /// Whether a deleted record was edited or restored concurrently with other changes.
    public func isDeletionContested(of record: Record) throws -> Bool {
        try recordStates.isDeletionContested(of: recordStates.record(row: record.row))
    }

    /// Deleted records that were purged.
    public func purgedCount() throws -> Int {
        var rows: [Int64] = []
        do {
            var found = try database.rows(
                """
                SELECT DISTINCT version.record
                FROM version JOIN record ON record.row = version.record
                WHERE version.value = ? AND version.flags & 5 = 5 AND record.state & 2
                """, .blob(JSONLiteral.nullHash.bytes))
            while try found.next() { rows.append(found.integer(0)) }
        }
        return try rows.count { try recordStates.isPurged(recordStates.record(row: $0)) }
    }
}

/// The changes that a purge writes.
private struct PendingPurge {
    /// More than hangs on anything in chains of which each link hangs on the one before.
    private static let maximumDepth = 8

    private(set) var changes: [RecordChanges] = []
    /// Log positions of what it lists as seen.
    private(set) var observed: Set<Int64> = []
    private(set) var contents: [BlobHash] = []
    private var changeCount = 0
    /// The rows of the records that are named, and of what is purged with them. What hangs on another record that is named is
    /// purged with that one, and once.
    private var taken: Set<Int64>

    /// - Parameter rows: of the records that are named.
    init(of rows: Set<Int64>) { taken = rows }

    /// Whether one transaction can hold it.
    var fits: Bool {
        changes.isEmpty
            || changeCount <= Limits.changesPerTransaction
                && observed.count <= Limits.observedTransactions
    }

    /// Adds a record that is named, and what hangs on it, as far as one transaction can hold that.
    mutating func add(
        _ record: RecordState, in archive: OpenArchive, by writer: Writer
    ) throws -> PurgeOutcome.Share {
        var share = PurgeOutcome.Share(id: record.id, kind: record.kind, recordCount: 0, valueCount: 0)
        for owner in try Self.owners(of: record, in: archive)
        where owner.row == record.row || taken.insert(owner.row).inserted {
            try purge(owner, archive, writer, &share)
            if !fits { break }
        }
        return share
    }

    private mutating func purge(
        _ owner: RecordState, _ archive: OpenArchive, _ writer: Writer, _ share: inout PurgeOutcome.Share
    ) throws {
        var fields: [FieldChange] = []
        for row in try archive.recordStates.fieldRows(of: owner) {
            let field = try archive.interning.name(row, in: archive.database)
            let versions = try archive.recordStates.versions(of: field, row: row, in: owner).versions
            let heads = versions.heads
            if field != "deleted" {
                observed.formUnion(heads.map(\.representative.position))
            }
            if Purge.leaves(field) || heads.allSatisfy(\.isPurge) { continue }
            fields.append(
                FieldChange(
                    field: field, value: .text(JSONLiteral.null), replaces: try writer.names(of: heads))
            )
            if field == Attachment.hashField {
                contents += try Self.contents(versions, field, owner, archive)
            }
        }
        if fields.isEmpty { return }
        share.valueCount += fields.count
        share.recordCount += 1
        fields.append(
            FieldChange(
                field: "deleted", value: .text(JSONLiteral.true),
                replaces: try writer.names(of: try archive.recordStates.heads(of: "deleted", in: owner))))
        changeCount += fields.count
        changes.append(RecordChanges(id: owner.id, kind: owner.kind, fields: fields))
    }

    /// The record and all that hangs on it, on that, and so on.
    private static func owners(of record: RecordState, in archive: OpenArchive) throws -> [RecordState] {
        var found = [record]
        var rows: Set<Int64> = [record.row]
        var level = [record]
        for _ in 0..<maximumDepth {
            level = try level.flatMap { try archive.recordStates.dependents(on: $0.id) }.filter {
                rows.insert($0.row).inserted
            }
            if level.isEmpty { break }
            found += level
        }
        return found
    }

    private static func contents(
        _ versions: FieldVersions, _ field: String, _ owner: RecordState, _ archive: OpenArchive
    ) throws -> [BlobHash] {
        try versions.versions.compactMap { version in
            try archive.recordStates.text(of: version, visible: versions.visible, field: field, in: owner)
                .flatMap { Attachment.hash($0) }
        }
    }
}
