internal import QuipuSQLite

/// What the deletion guard remembers, for a day by this machine's own clock.
extension LocalState {
    private static let dayMilliseconds: Int64 = 24 * 3_600 * 1_000
    private static let hourMilliseconds: Int64 = 3_600 * 1_000

    /// Remembers where the log stands, once an hour.
    /// - Returns: where it stood a day ago, or at the earliest moment since that is remembered.
    func noteHolding(position: Int64, nowMilliseconds now: Int64) throws -> Int64 {
        var known: [(at: Int64, position: Int64)] = []
        do {
            var rows = try database.rows("SELECT noticed_at, position FROM holding ORDER BY noticed_at")
            while try rows.next() { known.append((rows.integer(0), rows.integer(1))) }
        }
        let isSetBack = (known.last?.at ?? now) > now
        let isDue = known.last.map { now.subtractingClamped($0.at) >= Self.hourMilliseconds } ?? true
        if isSetBack {
            // The clock was: what it read then is over, as far as anybody knows.
            let earliest = known.filter { $0.at > now }.map(\.position).min() ?? position
            known = known.filter { $0.at < now } + [(now, earliest)]
        } else if isDue {
            known.append((now, position))
        }
        let dayAgo = now.subtractingClamped(Self.dayMilliseconds)
        let first = known.lastIndex { $0.at <= dayAgo } ?? 0
        if isSetBack || isDue {
            try database.transaction(.immediate) {
                try database.run("DELETE FROM holding")
                for mark in known[first...] {
                    try database.run(
                        "INSERT INTO holding (noticed_at, position) VALUES (?, ?)", .integer(mark.at),
                        .integer(mark.position))
                }
            }
        }
        return known[first].position
    }

    /// Remembers losses while `body` judges them; where that finds something to ask about, they are not remembered.
    func notingLosses(
        _ losses: [Losses.Place: [Loss]], nowMilliseconds now: Int64, _ body: () throws -> MassDeletion?
    ) throws -> MassDeletion? {
        struct Refused: Error { var deletion: MassDeletion }
        do {
            try database.transaction(.immediate) {
                // A clock that was set back since does not make them last longer.
                try database.run(
                    "DELETE FROM loss WHERE lost_at NOT BETWEEN ? AND ?",
                    .integer(now.subtractingClamped(Self.dayMilliseconds)),
                    .integer(now.addingClamped(Self.dayMilliseconds)))
                for (place, losses) in losses.sorted(by: { $0.key < $1.key }) {
                    for loss in losses {
                        try database.run(
                            """
                            INSERT INTO loss (collection, record, field, since, lost_at) VALUES (?, ?, ?, ?, ?)
                            ON CONFLICT DO NOTHING
                            """, .text(place), .integer(loss.record), .text(loss.field),
                            .integer(loss.since), .integer(now))
                    }
                }
                if let deletion = try body() { throw Refused(deletion: deletion) }
            }
            return nil
        } catch let refused as Refused {
            return refused.deletion
        }
    }

    func lossCount(of place: Losses.Place) throws -> Int64 {
        try database.integer("SELECT count(*) FROM loss WHERE collection = ?", .text(place)) ?? 0
    }

    func losses(of place: Losses.Place) throws -> [Loss] {
        var found: [Loss] = []
        var rows = try database.rows(
            "SELECT record, field, since FROM loss WHERE collection = ? ORDER BY record", .text(place))
        while try rows.next() {
            found.append(Loss(record: rows.integer(0), field: rows.text(1), since: rows.integer(2)))
        }
        return found
    }

    func forget(_ loss: Loss, of place: Losses.Place) throws {
        try database.run(
            "DELETE FROM loss WHERE collection = ? AND record = ?", .text(place), .integer(loss.record))
    }

    func forgetLosses(of places: [Losses.Place]) throws {
        try database.transaction(.immediate) {
            for place in places { try database.run("DELETE FROM loss WHERE collection = ?", .text(place)) }
        }
    }
}
