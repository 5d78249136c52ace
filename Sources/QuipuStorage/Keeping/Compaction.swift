internal import QuipuCausality
internal import QuipuSQLite

/// The result of a compaction, or of its dry run.
///
/// Compaction forgets text, never versions, and never a head (Schema/semantics.md#forgetting): the text of a superseded value is
/// replaced by the hash that stands in `version`. Heads keep theirs, those of deleted records too: somebody who has not
/// seen the delete may bring the record back. Names, heads, what was replaced, chains, vector and digest stay as they
/// were, so each replica compacts when it likes, by itself, and may be stopped at any moment: what is dropped until
/// then is dropped, and the rest is not.
public struct CompactionReport: Sendable {
    public var droppedTexts = 0
    /// Size of these texts as they were kept, some of them compressed.
    public var droppedBytes = 0
    /// By how much the archive's file is smaller than before.
    public var freedBytes = 0
    /// Why the file could not be shrunk; the texts are gone anyway, and their space is reused.
    public var hindrance: StorageError?
}

extension Keeping {
    /// The fields of a record whose visible value has no text here: it was dropped, or has not come yet.
    public func fieldsWithoutText(of record: Record) throws -> [String] {
        var found: [String] = []
        var rows = try database.rows(
            """
            SELECT DISTINCT name.text
            FROM version JOIN name ON name.row = version.field
            WHERE version.record = ? AND version.flags & 8
            ORDER BY name.text
            """, .integer(record.row))
        while try rows.next() {
            let name = rows.text(0)
            if name != "deleted", record[name] == nil { found.append(name) }
        }
        return found
    }
}

/// What may be dropped, as the archive stood when that was brought up to date.
struct Droppable {
    let archive: OpenArchive
    /// What stood before the values of an open conflict: `conflicts` shows it, and a merge needs it. As of a position of
    /// the log, without which no conflict comes or goes.
    private var ancestors: Set<ValueHash> = []
    private var position: Int64 = -1

    init(_ archive: OpenArchive) { self.archive = archive }

    /// Looks at the archive as it is now.
    mutating func bringUpToDate() throws {
        let end = try archive.position
        if end == position { return }
        ancestors = try archive.keeping.ancestorsOfConflicts()
        position = end
    }

    /// Whether a text that stands in `text` may go: no head needs it, of whatever record.
    func isDroppable(_ hash: ValueHash) throws -> Bool {
        if VisibleFields.literals.contains(hash) || ancestors.contains(hash) { return false }
        var heads: [(record: Int64, field: Int64, flags: VersionFlags)] = []
        do {
            var rows = try archive.database.rows(
                "SELECT record, field, flags FROM version WHERE value = ? AND flags & 4", .blob(hash.bytes))
            while try rows.next() {
                heads.append((rows.integer(0), rows.integer(1), VersionFlags(rawValue: rows.integer(2))))
            }
        }
        for head in heads {
            let record = try archive.recordStates.record(row: head.record)
            // A visible head has its text in the record, and needs no second one.
            let isShown =
                try head.flags.contains(.isVisible)
                && record.fields[archive.interning.name(head.field, in: archive.database)] != nil
            if !isShown { return false }
        }
        return true
    }
}

extension Keeping {
    /// The values from which the open conflicts of fields came.
    fileprivate func ancestorsOfConflicts() throws -> Set<ValueHash> {
        var places: [(record: Int64, field: Int64)] = []
        do {
            var rows = try database.rows("SELECT record, field FROM conflict WHERE field != 0")
            while try rows.next() { places.append((rows.integer(0), rows.integer(1))) }
        }
        var found: Set<ValueHash> = []
        for (row, field) in places {
            let name = try interning.name(field, in: database)
            let versions = try recordStates.versions(of: name, row: field, in: recordStates.record(row: row))
                .versions
            guard let visible = versions.visible else { continue }
            let forgotten = versions.forgottenValues
            let reopened = try reopenedVersions(in: versions)
            for head in versions.heads where head.key != visible.key {
                found.formUnion(
                    versions.nearestCommonAncestors(visible, head, reopened).map(\.value).filter {
                        !forgotten.contains($0)
                    })
            }
        }
        return found
    }
}
