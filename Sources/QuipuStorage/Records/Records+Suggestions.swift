public import QuipuCausality
internal import QuipuSQLite

/// Which records are suggested.
public enum SuggestedRecords: Sendable {
    case present, deleted, inConflict
}

extension Records {
    /// Records whose handles begin with some letters, the latest first, with what a listing calls them; without a look at
    /// their versions.
    ///
    /// - Parameter prefix: lower-case letters and digits of a handle; empty for all.
    public func suggestions(
        handlePrefix prefix: String, of which: SuggestedRecords, limit: Int
    ) throws -> [(id: RecordID, kind: String, caption: String?)] {
        guard let range = ShortHandle.range(ofBeginning: prefix) else { return [] }
        let choice: Int64 =
            switch which {
            case .present: 0
            case .deleted: 1
            case .inConflict: 2
            }
        var numbers: [Int64] = []
        var rows =
            if prefix.isEmpty {
                try database.rows(
                    """
                    SELECT row FROM record
                    WHERE CASE ?1 WHEN 0 THEN NOT state & 2 WHEN 1 THEN state & 2
                        ELSE row IN (SELECT record FROM conflict) END
                    ORDER BY row DESC
                    LIMIT ?2
                    """, .integer(choice), .integer(Int64(limit)))
            } else {
                try database.rows(
                    """
                    SELECT row FROM record
                    WHERE handle BETWEEN ?1 AND ?2
                        AND CASE ?3 WHEN 0 THEN NOT state & 2 WHEN 1 THEN state & 2
                            ELSE row IN (SELECT record FROM conflict) END
                    ORDER BY row DESC
                    LIMIT ?4
                    """, .integer(range.lowerBound), .integer(range.upperBound), .integer(choice),
                    .integer(Int64(limit)))
            }
        while try rows.next() { numbers.append(rows.integer(0)) }
        return try numbers.map { number in
            let state = try recordStates.record(row: number)
            return (state.id, state.kind, Record.caption { state.fields[$0] })
        }
    }
}
