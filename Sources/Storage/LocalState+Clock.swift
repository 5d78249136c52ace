internal import Causality
internal import SQLite

extension LocalState {
    /// Milliseconds to take off what this machine's clock reads.
    ///
    /// - Parameter reading: what it reads now. When that is far less than what it read before, somebody has set it
    ///   since, and what was found out about it is void.
    func clockOffset(reading: Int64) throws -> Int64 {
        var rows = try database.rows("SELECT clock_offset, clock_reading FROM replica")
        guard try rows.next() else { return 0 }
        let (offset, before) = (rows.integer(0), rows.integer(1))
        if offset == 0 { return 0 }
        let (step, overflow) = before.subtractingReportingOverflow(reading)
        return overflow || step > Limits.clockToleranceMilliseconds ? 0 : offset
    }

    /// Ends of this machine's chains since its last clock note.
    func unnotedSpans() throws -> [(end: Vector.Entry, count: UInt64)] {
        var found: [(end: Vector.Entry, count: UInt64)] = []
        var rows = try database.rows("SELECT origin, sequence, chain, count FROM unnoted ORDER BY origin")
        while try rows.next() {
            guard let origin = Origin(bytes: rows.bytes(0)), let chain = ChainHash(bytes: rows.bytes(2))
            else {
                continue
            }
            let end = Vector.Entry(
                origin: origin, sequence: UInt64(clamping: rows.integer(1)), chain: chain)
            found.append((end, UInt64(clamping: rows.integer(3))))
        }
        return found
    }

    /// A clock note was written, or there was nothing to note: from now on the clock is read with this offset.
    func noteClock(offset: Int64, reading: Int64) throws {
        try database.transaction(.immediate) {
            try database.run(
                "UPDATE replica SET clock_offset = ?, clock_reading = ?", .integer(offset), .integer(reading))
            try database.run("DELETE FROM unnoted")
        }
    }
}
