internal import QuipuCausality

/// The place of a conflict; places sort in the order in which conflicts are listed.
struct ConflictPlace: Comparable {
    var id: RecordID
    var kind: String
    /// Empty for a deletion.
    var field: String

    static func < (left: ConflictPlace, right: ConflictPlace) -> Bool {
        if left.id != right.id { return left.id < right.id }
        if left.kind != right.kind { return left.kind.utf8Precedes(right.kind) }
        return left.field.utf8Precedes(right.field)
    }
}

/// A field of a record with others merged into it, in which values stand against each other.
struct GroupConflict {
    var place: ConflictPlace
    var current: FieldHead
    var others: [FieldHead]
}

extension Conflicts {
    /// Whether a record is shown under another one, or others under it: then its fields are in conflict as those of the
    /// whole group are.
    static func isGrouped(_ row: Int64, _ merges: MergeGraph) -> Bool {
        merges.isMember(row) || !merges.members(of: row).isEmpty
    }

    /// The conflicts of records that others are merged into, in their order.
    /// - Parameter id: of such a record, or of one that is merged into it; nil for all.
    func conflictsOfGroups(of id: RecordID?, kind: String?) throws -> [GroupConflict] {
        let merges = try merges
        var rows: [Int64] = []
        if let id {
            for kind in Kinds.known.names.filter({ kind == nil || kind == $0 })
            where MergedInto.isPossible(for: kind) {
                if let row = try recordStates.recordRow(id, kind: kind) {
                    rows.append(merges.representative(of: row))
                }
            }
        } else {
            rows = Array(merges.allRepresentatives)
        }
        var found: [GroupConflict] = []
        for row in rows {
            guard let group = try recordGroups.group(of: recordStates.record(row: row)) else { continue }
            let record = group.representative
            for field in try recordGroups.openFields(of: group) {
                guard let shown = field.shown else { continue }
                found.append(
                    GroupConflict(
                        place: ConflictPlace(id: record.id, kind: record.kind, field: field.name),
                        current: shown, others: field.open))
            }
        }
        return found.sorted { $0.place < $1.place }
    }

    /// As a person is shown it. Values of one record may have come from one before them; those of several have not.
    func conflict(of found: GroupConflict) throws -> Conflict {
        func contender(_ head: FieldHead) throws -> Contender {
            let visible = try recordStates.versions(of: head.field, row: head.fieldRow, in: head.record)
                .versions.visible
            return try self.contender(head.version, visible: visible, field: head.field, of: head.record)
        }
        var ancestor: Contender?
        if found.others.count == 1, found.others[0].record.row == found.current.record.row {
            let versions = try recordStates.versions(
                of: found.current.field, row: found.current.fieldRow, in: found.current.record
            ).versions
            let ancestors = versions.nearestCommonAncestors(
                found.current.version, found.others[0].version, try reopenedVersions(in: versions))
            if ancestors.count == 1 {
                ancestor = try self.contender(
                    ancestors[0], visible: versions.visible, field: found.current.field,
                    of: found.current.record)
            }
        }
        return Conflict(
            id: found.place.id, kind: found.place.kind, field: found.place.field, isDeletion: false,
            current: try contender(found.current), others: try found.others.map(contender),
            ancestor: ancestor)
    }
}
