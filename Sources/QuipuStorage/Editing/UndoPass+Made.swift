internal import QuipuCausality
internal import QuipuSQLite

// Records that the entry made: an undo deletes them, or leaves them whole.

extension UndoPass {
    /// Whether no field had a value before, and nothing is known of the record that came before the entry.
    func isMade(_ record: RecordState, _ fields: [Int64]) throws -> Bool {
        if !record.flags.contains(.hasVersions) { return try holds(base: record) }
        var first: Version?
        for row in try archive.recordStates.fieldRows(of: record) {
            let field = try archive.interning.name(row, in: archive.database)
            if SourceMemory.isMemory(field) { continue }
            let versions = try archive.recordStates.versions(of: field, row: row, in: record).versions
            let taken = versions.versions.filter(isTaken)
            let keys = Set(taken.map(\.key))
            guard versions.past(of: taken).isSubset(of: keys) else { return false }
            for version in versions.versions where version.firstPosition < first?.firstPosition ?? .max {
                first = version
            }
        }
        return first.map(isTaken) ?? false
    }

    /// Of a record all of whose fields are as one transaction made them.
    private func holds(base record: RecordState) throws -> Bool {
        if positions.contains(record.base) { return true }
        guard record.flags.contains(.hasTwins) else { return false }
        return try archive.recordStates.twins(of: record.row).contains(where: positions.contains)
    }

    /// What stands in a record, or in what belongs to it, and is not of the entry.
    mutating func foreignHead(in record: RecordState) throws -> HistoryEntry? {
        var owners = [record]
        owners += try archive.recordStates.dependents(on: record.id).filter { !$0.flags.contains(.isDeleted) }
        for owner in owners {
            if !owner.flags.contains(.hasVersions) {
                guard try holds(base: owner) else { return try archive.log.headline(at: owner.base) }
                try noteTwins(of: owner)
                continue
            }
            for row in try archive.recordStates.fieldRows(of: owner) {
                let field = try archive.interning.name(row, in: archive.database)
                // What the program remembers of a source or of a passage is nobody's use.
                if field == "deleted" || SourceMemory.isMemory(field) { continue }
                if AnchorState.isNote(field, of: owner.kind) { continue }
                let versions = try archive.recordStates.versions(of: field, row: row, in: owner).versions
                let originals = try originals(in: versions)
                for head in versions.heads {
                    // Where an undo took away what others had added, nothing of theirs is left.
                    if originals.isNothing(head.key) { continue }
                    if originals.chain(head.key).contains(where: { versions[$0].map(isTaken) ?? false }) {
                        continue
                    }
                    return try archive.log.headline(at: head.representative.position)
                }
                note(versions.heads.filter(isTaken))
            }
        }
        return nil
    }

    private mutating func noteTwins(of record: RecordState) throws {
        guard record.flags.contains(.hasTwins), shared.count < UndoReport.mostShared else { return }
        let all = try archive.recordStates.twins(of: record.row) + [record.base]
        for position in all where !positions.contains(position) { shared.insert(position) }
    }

    /// Whether a record is in a collection, and the undo neither deletes it nor takes it out.
    func hasMemberThatStays(_ collection: RecordState) throws -> Bool {
        guard collection.kind == "collection" else { return false }
        let element = "collections/" + collection.id.text
        let takenOut = self.takenOut[element] ?? []
        var last: Int64 = 0
        while true {
            let rows = try archive.recordStates.rows(
                having: element, after: last, limit: 256)
            guard let end = rows.last else { return false }
            for row in rows where !deleted.contains(row) && !takenOut.contains(row) {
                if try !archive.recordStates.record(row: row).flags.contains(.isDeleted) { return true }
            }
            last = end
        }
    }

    func deletion(of record: RecordState) throws -> FieldChange {
        let heads = try archive.recordStates.heads(of: "deleted", in: record)
        return FieldChange(
            field: "deleted", value: .text(JSONLiteral.true),
            replaces: try heads.map { try archive.log.name(at: $0.representative.position) }.sorted())
    }

    /// Names what a delete of the record sees.
    func observation(of record: RecordState) throws -> [TransactionName] {
        var found: Set<Int64> = []
        if !record.flags.contains(.hasVersions), try archive.recordStates.dependents(on: record.id).isEmpty {
            found = [record.base]
        } else {
            try archive.recordStates.forEachField(of: record) { _, _, _, versions in
                for head in versions.heads { found.insert(head.representative.position) }
            }
        }
        return try found.map { try archive.log.name(at: $0) }.sorted()
    }
}
