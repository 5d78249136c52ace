internal import QuipuCausality
internal import QuipuSQLite

extension Writer {
    /// Subtracts a clock note's offset from the stamps it covers, and ranks heads again where that matters. Of several
    /// notes on one transaction the one with the greatest (stamp, chain hash) counts.
    ///
    /// A note speaks of its own chain only. What it says of another is left aside, by everybody alike: that follows
    /// from the chains, which branch starts do not change.
    func correctClock(_ note: LogBody.Note, by facts: TransactionFacts) throws {
        keptVersions = nil
        try forEachPosition(coveredBy: note, at: facts.position) { covered in
            guard try outranks(facts, noteOn: covered) else { return }
            try database.run(
                "UPDATE log SET correction = ?, corrected_by = ? WHERE position = ?",
                .integer(note.offsetMilliseconds), .integer(facts.position), .integer(covered))
            follow(try archive.log.facts(at: covered).stamp)
            try rankAnew(touchedAt: covered)
        }
    }

    /// Visits what a clock note covers, of each span the last first.
    ///
    /// - Parameter position: where the log has the note.
    func forEachPosition(
        coveredBy note: LogBody.Note, at position: Int64, _ visit: (Int64) throws -> Void
    ) throws {
        for span in note.spans where try isOnChain(span.last, endingAt: position) {
            var position: Int64? = span.last
            var left = span.count
            while let current = position, left > 0 {
                try visit(current)
                left -= 1
                position = try predecessor(of: current)
            }
        }
    }

    /// Takes what the note at a position says once more.
    func takeClockNote(at position: Int64) throws {
        guard let note = try archive.log.body(at: position).note else { return }
        var facts = try archive.log.facts(at: position)
        // Notes are ranked by their stamps as written.
        let stamp = try database.integer("SELECT stamp FROM log WHERE position = ?", .integer(position))
        facts.stamp = Stamp(rawValue: UInt64(clamping: stamp ?? 0))
        try correctClock(note, by: facts)
    }

    /// Whether a transaction stands in the chain that another ends.
    func isOnChain(_ position: Int64, endingAt end: Int64) throws -> Bool {
        let sought = try archive.log.name(at: position)
        var name = try archive.log.name(at: end)
        while name.origin != sought.origin {
            // Before the first of a derived name the chain goes on under another.
            let first = try archive.log.locate(TransactionName(origin: name.origin, sequence: 1))?.position
            guard let first, let before = try archive.log.body(at: first).previous else { return false }
            name = try archive.log.name(at: before)
        }
        return sought.sequence <= name.sequence
    }

    /// What a clock note lists of the chain that this replica writes on; nothing where its next edit would begin a
    /// fresh one. A chain that was branched since is looked for by its hash.
    func spansToNote(_ spans: [UnnotedSpan]) throws -> [ClockNote.Span] {
        guard let own = try presentChainEnd(), own.sequence > 0,
            let end = try archive.log.locate(TransactionName(origin: own.origin, sequence: own.sequence))?
                .position
        else { return [] }
        var found: [ClockNote.Span] = []
        for span in spans.prefix(Limits.noteSpans) {
            var position: Int64?
            if let held = try archive.log.locate(span.end.name), held.chain == span.end.chain {
                position = held.position
            } else {
                position = try database.integer(
                    "SELECT position FROM log WHERE chain = ?", .blob(span.end.chain.bytes))
            }
            guard let position, try isOnChain(position, endingAt: end) else { continue }
            found.append(.init(last: try archive.log.name(at: position), count: span.count))
        }
        return found
    }

    private func outranks(_ facts: TransactionFacts, noteOn position: Int64) throws -> Bool {
        guard
            let earlier = try database.integer(
                "SELECT corrected_by FROM log WHERE position = ?", .integer(position))
        else { return true }
        return try archive.log.noteRank(at: earlier) < (facts.stamp, facts.chain)
    }

    /// The transaction before one in its chain.
    private func predecessor(of position: Int64) throws -> Int64? {
        if let before = try archive.log.body(at: position).previous { return before }
        return try database.integer(
            """
            SELECT earlier.position
            FROM log JOIN log AS earlier ON earlier.origin = log.origin AND earlier.sequence = log.sequence - 1
            WHERE log.position = ?
            """, .integer(position))
    }

    func rankAnew(touchedAt position: Int64) throws {
        var touched: [(record: Int64, field: Int64)] = []
        do {
            var rows = try database.rows(
                "SELECT record, field FROM version WHERE position = ?", .integer(position))
            while try rows.next() { touched.append((rows.integer(0), rows.integer(1))) }
        }
        for (row, field) in touched {
            var record = try archive.recordStates.record(row: row)
            let name = try archive.interning.name(field, in: database)
            var stored = try archive.recordStates.versions(of: name, row: field, in: record)
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
