internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuSQLite

extension Editing {
    /// Merges records into another one: each says from now on that it is the same as that one, under which it is shown. Nothing
    /// is copied or overwritten. The merge lists as seen what it hides: the heads of the record that is kept, and those of all
    /// that is shown under the others.
    ///
    /// - Throws: `StorageError`: `unknownRecord`, `deleted`; `wrongType` for records that are no articles, are merged already,
    ///   or are one; `tooLarge`.
    func merge(
        _ others: [RecordID], into keep: RecordID, kind: String, _ writer: Writer, _ work: inout EditWork
    ) throws {
        let (kept, merged) = try mergeable(others, into: keep, kind: kind)
        let observed = try seen(byMerging: merged, into: kept)
        guard observed.count <= Limits.observedTransactions else {
            throw StorageError(
                .tooLarge, "these records have too many versions to merge them at once",
                hint: "merge fewer at a time")
        }
        for group in merged {
            let record = group.representative
            let heads = try recordStates.heads(of: MergedInto.field, in: record)
            try work.add(
                RecordChanges(
                    id: record.id, kind: kind,
                    fields: [
                        FieldChange(
                            field: MergedInto.field, value: .text(canonicalString(kept.id.text)),
                            replaces: try writer.names(of: heads))
                    ]), observed: observed)
        }
    }

    /// Log positions of what a merge lists as seen.
    func seen(byMerging merged: [RecordGroup], into kept: RecordState) throws -> Set<Int64> {
        var seen: Set<Int64> = []
        for record in [kept] + merged.flatMap(\.all) {
            for row in try recordStates.fieldRows(of: record) {
                let field = try interning.name(row, in: database)
                if RecordGroups.isOwn(field) { continue }
                for head in try recordStates.versions(of: field, row: row, in: record).versions.heads {
                    seen.formUnion(head.members.map(\.position))
                }
            }
        }
        return seen
    }

    /// The records that a merge is of, each under its representative.
    func mergeable(
        _ others: [RecordID], into keep: RecordID, kind: String
    ) throws -> (kept: RecordState, merged: [RecordGroup]) {
        guard MergedInto.isPossible(for: kind) else {
            let kinds = Kinds.known.names.filter { MergedInto.isPossible(for: $0) }
            throw StorageError(
                .wrongType, "records of the kind '\(kind)' are not merged",
                hint: "what can be merged: \(kinds.joined(separator: ", "))")
        }
        let kept = try present(keep, kind: kind)
        var merged: [RecordGroup] = []
        var rows: Set<Int64> = []
        for id in others {
            let record = try present(id, kind: kind)
            guard record.row != kept.row else {
                throw StorageError(
                    .wrongType,
                    id == keep
                        ? "\(kind) \(id.shortHandle) cannot be merged into itself"
                        : "\(kind) \(id.shortHandle) and \(keep.shortHandle) are shown as one record already",
                    hint: "nothing was written")
            }
            guard rows.insert(record.row).inserted else { continue }
            merged.append(
                try recordGroups.group(of: record) ?? RecordGroup(representative: record, members: []))
        }
        return (kept, merged)
    }

    private func present(_ id: RecordID, kind: String) throws -> RecordState {
        guard let record = try recordStates.record(id, kind: kind) else {
            throw StorageError(
                .unknownRecord, "there is no \(kind) \(id.shortHandle)", remedy: Remedy(.findRecord))
        }
        let shown = try recordStates.representative(of: record)
        guard !shown.flags.contains(.isDeleted) else {
            throw StorageError(
                .deleted, "\(kind) \(shown.id.shortHandle) is deleted",
                remedy: Remedy(.restoreFirst, shown.id.shortHandle))
        }
        return shown
    }

    /// Takes a record out of the one that it was merged into. What it held by itself is shown again; what was written since
    /// went to the record under which it was shown, and stays there.
    /// - Throws: `StorageError`: `unknownRecord`, `notMerged`.
    func unmerging(of id: RecordID, kind: String, _ writer: Writer) throws -> [RecordChanges] {
        guard let record = try recordStates.record(id, kind: kind) else {
            throw StorageError(
                .unknownRecord, "there is no \(kind) \(id.shortHandle)", remedy: Remedy(.findRecord))
        }
        let heads = try recordStates.heads(of: MergedInto.field, in: record)
        guard heads.contains(where: { $0.value != JSONLiteral.nullHash }) else {
            let members = try merges.members(of: record.row).map {
                try log.identity(of: $0).id.shortHandle
            }
            throw StorageError(
                .notMerged, "\(kind) \(id.shortHandle) is not merged into another record",
                hint: members.isEmpty
                    ? nil
                    : "name the one that shall stand by itself again: \(members.prefix(8).joined(separator: ", "))"
            )
        }
        var records = [record]
        if let row = try merges.otherHalf(of: record.row) {
            records.append(try recordStates.record(row: row))
        }
        return try records.map { record in
            let heads = try recordStates.heads(of: MergedInto.field, in: record)
            return RecordChanges(
                id: record.id, kind: kind,
                fields: [
                    FieldChange(
                        field: MergedInto.field, value: .text(JSONLiteral.null),
                        replaces: try writer.names(of: heads))
                ])
        }
    }
}
