internal import QuipuCausality
internal import QuipuSQLite

extension Editing {
    /// The records that a delete, a restore or a purge of a record is of: of one that is shown with others all of them. One
    /// that is deleted by itself, though what it is merged into is not, stands alone.
    func affected(by record: RecordState) throws -> [RecordState] {
        if try records.isDeletedAlone(record) { return [record] }
        let shown = try recordStates.representative(of: record)
        return try recordGroups.group(of: shown)?.all ?? [shown]
    }

    /// Does nothing where there is no such record, or it is deleted already and without a doubt.
    func delete(_ id: RecordID, kind: String, _ writer: Writer, _ work: inout EditWork) throws {
        guard let record = try writer.record(id, kind: kind) else { return }
        let affected = try affected(by: record)
        var observed: Set<Int64> = []
        var deletions: [RecordChanges] = []
        for record in affected {
            let heads = try recordStates.heads(of: "deleted", in: record)
            if record.flags.contains(.isDeleted), try recordStates.unobservedHeads(of: record).isEmpty,
                Set(heads.map(\.value)).count == 1
            {
                continue
            }
            deletions.append(
                RecordChanges(
                    id: record.id, kind: kind,
                    fields: [
                        FieldChange(
                            field: "deleted", value: .text(JSONLiteral.true),
                            replaces: try writer.names(of: heads))
                    ]))
        }
        if deletions.isEmpty { return }
        // Each of the deletes has seen all of them, since the person deletes them as one.
        for record in affected {
            try recordStates.forEachField(of: record) { _, _, _, versions in
                for head in versions.heads { observed.insert(head.representative.position) }
            }
        }
        guard observed.count <= Limits.observedTransactions else {
            throw StorageError(.tooLarge, "\(id.shortHandle) has too many dependents to delete it at once")
        }
        for changes in deletions { try work.add(changes, observed: observed) }
    }

    /// With a record those come back that are shown under it, but what was purged.
    /// - Throws: `notDeleted`, `purged`.
    func restore(_ id: RecordID, kind: String, _ writer: Writer, _ work: inout EditWork) throws {
        guard let record = try writer.record(id, kind: kind) else {
            return try work.add(restoration(of: id, kind: kind, writer))
        }
        let affected = try affected(by: record)
        try work.add(restoration(of: affected[0].id, kind: kind, writer))
        for member in affected.dropFirst() where member.flags.contains(.isDeleted) {
            if try recordStates.isPurged(member) { continue }
            try work.add(restoration(of: member.id, kind: kind, writer))
        }
    }
}
