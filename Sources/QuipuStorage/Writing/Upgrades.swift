internal import QuipuCausality
internal import QuipuEmbeddedSchema
internal import QuipuSQLite

/// Brings the records of earlier forms up to date, in addition to the scripts of their steps.
enum Upgrades {
    /// Takes back what notes of earlier forms said of others' chains; in the transaction that leads to form 3.
    static func checkClockNotesAgain(in database: Connection) throws {
        var corrected: [(position: Int64, note: Int64)] = []
        do {
            var rows = try database.rows(
                "SELECT position, corrected_by FROM log WHERE corrected_by IS NOT NULL ORDER BY position")
            while try rows.next() { corrected.append((rows.integer(0), rows.integer(1))) }
        }
        if corrected.isEmpty { return }
        let archive = try OpenArchive(migrating: database, local: LocalState(emptyWith: Definitions.local))
        let writer = try Writer(archive)
        let wrong = try corrected.filter { try !writer.isOnChain($0.position, endingAt: $0.note) }
        if wrong.isEmpty { return }
        for (position, _) in wrong {
            try database.run(
                "UPDATE log SET correction = 0, corrected_by = NULL WHERE position = ?", .integer(position))
        }
        // What the foreign note had outdone counts again.
        for position in try archive.log.clockNotePositions() { try writer.takeClockNote(at: position) }
        for (position, _) in wrong { try writer.rankAnew(touchedAt: position) }
        try writer.finish()
    }

    /// In the transaction that leads to form 5: what a newer mirror had sent.
    static func listMergedRecords(in database: Connection) throws {
        let isUsed = try database.integer(
            "SELECT EXISTS (SELECT 1 FROM name WHERE text = ?)", .text(MergedInto.field))
        guard isUsed == 1 else { return }
        let archive = try OpenArchive(migrating: database, local: LocalState(emptyWith: Definitions.local))
        let writer = try Writer(archive)
        var last: Int64 = 0
        while let row = try database.integer("SELECT min(row) FROM record WHERE row > ?", .integer(last)) {
            last = row
            try writer.noteMerge(of: archive.recordStates.record(row: row), shownBefore: nil)
        }
    }

    /// In the transaction that leads to form 3.
    static func listElements(in database: Connection) throws {
        guard try database.integer("SELECT EXISTS (SELECT 1 FROM record)") == 1 else { return }
        let archive = try OpenArchive(migrating: database, local: LocalState(emptyWith: Definitions.local))
        let writer = try Writer(archive)
        var last: Int64 = 0
        while let row = try database.integer("SELECT min(row) FROM record WHERE row > ?", .integer(last)) {
            last = row
            try writer.noteElements(of: archive.recordStates.record(row: row))
        }
    }
}
