internal import QuipuCausality
internal import QuipuSQLite

/// Since when records are in which collections.
struct Membership: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var membership: Membership { Membership(archive: archive) }
}

extension Membership {
    /// Whether a record that a place had lost is not there still, or is there without what it lost.
    func isStillLost(_ loss: Loss, to place: Losses.Place) throws -> Bool {
        guard
            try database.integer("SELECT EXISTS (SELECT 1 FROM record WHERE row = ?)", .integer(loss.record))
                == 1
        else { return true }
        let record = try recordStates.record(row: loss.record)
        if record.flags.contains(.isDeleted) { return true }
        if try merges.isMember(record.row) { return true }
        guard Losses.places(of: record).contains(place) else { return true }
        return Losses.isContent(loss.field) && Losses.isBlank(record.fields[loss.field])
    }

    /// The records of a place, those around one first, with the log position from which on each was there.
    /// - Parameter body: returns false to end.
    func forEachRecord(
        in place: Losses.Place, near row: Int64, but lost: Set<Int64>, _ body: (Int64) throws -> Bool
    ) throws {
        let merges = try merges
        for (first, last) in [(row, Int64.max), (Int64.min, row - 1)] {
            var rows = try candidates(in: place, from: first, to: last)
            while try rows.next() {
                let record = rows.integer(0)
                if lost.contains(record) || merges.isMember(record) { continue }
                let since = try start(
                    of: record, in: place, base: rows.integer(1), hasVersions: rows.integer(2) != 0)
                if try !body(since) { return }
            }
        }
    }

    private func candidates(in place: Losses.Place, from first: Int64, to last: Int64) throws -> Rows {
        guard place.isEmpty else {
            return try database.rows(
                """
                SELECT record.row, record.base, record.state & 1
                FROM element JOIN record ON record.row = element.record
                WHERE element.name = (SELECT row FROM name WHERE text = ?)
                AND element.record BETWEEN ? AND ? AND NOT record.state & 2
                ORDER BY element.record
                """, .text(Losses.prefix + place), .integer(first), .integer(last))
        }
        return try database.rows(
            """
            SELECT row, base, state & 1
            FROM record
            WHERE row BETWEEN ? AND ? AND NOT state & 2
            AND kind = (SELECT row FROM name WHERE text = 'article')
            AND NOT EXISTS (SELECT 1 FROM json_each(fields) WHERE key LIKE 'collections/%' AND value = 1)
            ORDER BY row
            """, .integer(first), .integer(last))
    }

    /// The log position from which on a record has been in a place.
    func start(
        of record: Int64, in place: Losses.Place, base: Int64, hasVersions: Bool
    ) throws -> Int64 {
        guard hasVersions, !place.isEmpty,
            let field = try interning.knownNameRow(Losses.prefix + place, in: database),
            let first = try database.integer(
                "SELECT min(position) FROM version WHERE record = ? AND field = ?", .integer(record),
                .integer(field))
        else { return base }
        return first
    }
}
