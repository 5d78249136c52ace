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
            var record = try archive.recordStates.record(row: row)
            let before = record.flags
            try giveRows(to: &record)
            let isOpen = try record.flags.contains(.isDeleted) && hasUnobservedHeads(record, review)
            try noteConflict(isOpen, field: 0, record: &record)
            if record.flags != before { try saveFlags(record) }
        }
        recordsToReview.removeAll()
    }

    /// Whether the standing deletes of a record have not seen some head. Where only some records changed and no other had
    /// such a head before, the rest need not be looked at: thousands of annotations may hang there.
    private func hasUnobservedHeads(_ record: RecordState, _ review: DeletionReview) throws -> Bool {
        if case .only(let changed) = review {
            if try !archive.recordStates.unobservedHeads(of: record, only: changed).isEmpty { return true }
            let wasOpen = try database.integer(
                "SELECT EXISTS (SELECT 1 FROM conflict WHERE record = ? AND field = 0)", .integer(record.row))
            if wasOpen == 0 { return false }
        }
        return try !archive.recordStates.unobservedHeads(of: record).isEmpty
    }

    /// - Parameter changed: of the record and of what hangs on it the one that changed; nil where that may be any.
    func review(_ row: Int64, changed: Int64?) {
        switch (recordsToReview[row], changed) {
        case (.all, _), (_, nil): recordsToReview[row] = .all
        case (.only(let known), let changed?): recordsToReview[row] = .only(known.union([changed]))
        case (nil, let changed?): recordsToReview[row] = .only([changed])
        }
    }

    /// - Parameters:
    ///   - row: of the field's name.
    ///   - before: what the record showed in the field.
    func noteElement(_ field: String, row: Int64, before: [UInt8]?, now: [UInt8]?, of record: Int64) throws {
        guard SetElement.isElement(field) else { return }
        let (had, has) = (before == JSONLiteral.true, now == JSONLiteral.true)
        if has, !had {
            try database.run(
                "INSERT OR IGNORE INTO element (name, record) VALUES (?, ?)", .integer(row), .integer(record))
        } else if had, !has {
            try database.run(
                "DELETE FROM element WHERE name = ? AND record = ?", .integer(row), .integer(record))
        }
    }

    /// Of a record that is listed under none.
    func noteElements(of record: RecordState) throws {
        for member in record.fields.members {
            try noteElement(
                member.name, row: try archive.interning.nameRow(member.name, in: database), before: nil,
                now: member.json, of: record.row)
        }
    }
}
