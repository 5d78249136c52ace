internal import Causality
internal import SQLite

extension Writer {
    /// Takes a clock note's offset off the stamps it covers, and ranks heads anew where that matters. Of several
    /// notes on one transaction the one with the greatest (stamp, chain hash) counts.
    func correctClock(_ note: LogBody.Note, by facts: TransactionFacts) throws {
        for span in note.spans {
            var position: Int64? = span.last
            var left = span.count
            while let current = position, left > 0 {
                if try outranks(facts, noteOn: current) {
                    try database.run(
                        "UPDATE log SET correction = ?, corrected_by = ? WHERE position = ?",
                        .integer(note.offsetMilliseconds), .integer(facts.position), .integer(current))
                    follow(try store.facts(at: current).stamp)
                    try rankAnew(touchedAt: current)
                }
                left -= 1
                position = try predecessor(of: current)
            }
        }
    }

    private func outranks(_ facts: TransactionFacts, noteOn position: Int64) throws -> Bool {
        guard
            let earlier = try database.integer(
                "SELECT corrected_by FROM log WHERE position = ?", .integer(position))
        else { return true }
        // Notes are compared by their stamps as written: a correction of a note must not reorder notes.
        var rows = try database.rows("SELECT stamp, chain FROM log WHERE position = ?", .integer(earlier))
        guard try rows.next(), let chain = ChainHash(bytes: rows.bytes(1)) else { return true }
        return (Stamp(rawValue: UInt64(clamping: rows.integer(0))), chain) < (facts.stamp, facts.chain)
    }

    /// The transaction before one in its chain.
    private func predecessor(of position: Int64) throws -> Int64? {
        if let before = try store.body(at: position).previous { return before }
        return try database.integer(
            """
            SELECT earlier.position
            FROM log JOIN log AS earlier ON earlier.origin = log.origin AND earlier.sequence = log.sequence - 1
            WHERE log.position = ?
            """, .integer(position))
    }

    private func rankAnew(touchedAt position: Int64) throws {
        var touched: [(record: Int64, field: Int64)] = []
        do {
            var rows = try database.rows(
                "SELECT record, field FROM version WHERE position = ?", .integer(position))
            while try rows.next() { touched.append((rows.integer(0), rows.integer(1))) }
        }
        for (row, field) in touched {
            var record = try store.record(row: row)
            let name = try store.interning.name(field, in: database)
            var stored = try store.versions(of: name, row: field, in: record)
            // What is shown is what was visible under the old stamps: the rows still say which.
            let before = stored.versions.versions.first { version in
                version.members.contains { stored.flags[$0.position]?.contains(.isVisible) == true }
            }
            if before?.key == stored.versions.visible?.key { continue }
            try settle(&stored, before: before, incoming: nil, field: name, row: field, record: &record)
            try save(record)
        }
    }
}
