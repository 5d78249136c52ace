internal import QuipuCausality
internal import QuipuSQLite

// Records that are merged into others: a part of a query that one of a group fits leads to the record under which it is shown.
extension QueryEvaluation {
    /// Records that are shown under others. One that was deleted by itself is not: it can be restored.
    func hidden() throws -> MatchingRows {
        var found = MatchingRows()
        let merges = try merges
        if merges.isEmpty { return found }
        let deleted = try deleted()
        for row in merges.allMembers {
            if deleted.contains(row), !deleted.contains(merges.representative(of: row)) { continue }
            found.insert(row)
        }
        return found
    }

    /// With the representatives of those that are shown under others.
    func folded(_ found: MatchingRows) throws -> MatchingRows {
        let merges = try merges
        if merges.isEmpty || found.isComplement { return found }
        var folded = found
        for row in merges.allMembers where found.contains(row) {
            folded.insert(merges.representative(of: row))
        }
        return folded
    }

    /// Likewise, but only with those that show what their members have in a field.
    func folded(_ found: MatchingRows, showing field: String) throws -> MatchingRows {
        let merges = try merges
        if merges.isEmpty || found.isComplement { return found }
        var folded = found
        var fitting: [Int64: Set<Int64>] = [:]
        for row in merges.allMembers where found.contains(row) {
            fitting[merges.representative(of: row), default: []].insert(row)
        }
        for (representative, rows) in fitting where !folded.contains(representative) {
            let state = try recordStates.record(row: representative)
            if let own = state.fields[field], own != JSONLiteral.null { continue }
            guard let group = try recordGroups.group(of: state),
                let shown = try recordGroups.field(field, in: group).shown,
                group.members.contains(where: { member in
                    rows.contains(member.row)
                        && member.fields[field].map { ValueHash(of: $0) } == shown.version.value
                })
            else { continue }
            folded.insert(representative)
        }
        return folded
    }

    /// Records in which something stands open.
    func inConflict() throws -> MatchingRows {
        let merges = try merges
        if merges.isEmpty { return try collected("SELECT DISTINCT record FROM conflict") }
        var found = MatchingRows()
        var rows = try database.rows("SELECT record, field FROM conflict")
        while try rows.next() {
            if rows.integer(1) == 0 || !Conflicts.isGrouped(rows.integer(0), merges) {
                found.insert(rows.integer(0))
            }
        }
        for conflict in try archive.openConflictList.conflictsOfGroups(of: nil, kind: nil) {
            if let row = try recordStates.recordRow(conflict.place.id, kind: conflict.place.kind) {
                found.insert(row)
            }
        }
        return found
    }
}
