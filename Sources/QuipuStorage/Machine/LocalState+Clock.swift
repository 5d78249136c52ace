internal import QuipuCausality
internal import QuipuSQLite

/// What this machine's clocks read at one moment, and what is known about them.
struct MachineClock {
    /// Of the real-time clock, in Unix milliseconds.
    var reading: Int64
    var boot: BootClock?
    /// The kernel or the owner says that it is right.
    var isSynchronized: Bool
    /// Milliseconds to take off the reading; 0 of a synchronised clock.
    var offset: Int64

    var corrected: Int64 { reading.subtractingClamped(offset) }
}

/// Transactions of this machine's own that no synchronised clock has confirmed, one after the other in a chain.
struct UnnotedSpan {
    var row: Int64
    /// The last of them.
    var end: Vector.Entry
    var count: UInt64
    /// The boot in which they were written.
    var boot: [UInt8]
    /// What the corrected clock read when they were written, less what the boot clock read.
    var lead: Int64
}

extension LocalState {
    /// Spans that are remembered; older ones stay as they are stamped.
    static let maximumUnnotedSpans = 256
    /// Leads that differ by less are those of one clock that has not been set.
    private static let leadToleranceMilliseconds: UInt64 = 1_000

    /// Reads this machine's clocks.
    func clock(_ environment: Environment) throws -> MachineClock {
        let (reading, boot) = (environment.nowMilliseconds(), environment.boot())
        var clock = MachineClock(
            reading: reading, boot: boot, isSynchronized: environment.isClockSynchronized(), offset: 0)
        var rows = try database.rows(
            """
            SELECT replica.clock_offset, replica.clock_reading, clock.is_trusted, clock.boot, clock.lead
            FROM replica
            LEFT JOIN clock
            """)
        guard try rows.next() else { return clock }
        if rows.integer(2) != 0 { clock.isSynchronized = true }
        let offset = rows.integer(0)
        if clock.isSynchronized || offset == 0 { return clock }
        if let boot, let lead = rows.optionalInteger(4), rows.optionalBytes(3) == boot.id {
            // The clock may have been set since: the boot clock tells by how much.
            clock.offset = offset.addingClamped(
                reading.subtractingClamped(boot.milliseconds).subtractingClamped(lead))
        } else if rows.integer(1).subtractingClamped(reading) <= Limits.clockToleranceMilliseconds {
            clock.offset = offset
        }
        return clock
    }

    var hasClockOffset: Bool {
        get throws { try database.integer("SELECT clock_offset FROM replica") ?? 0 != 0 }
    }

    var isClockTrusted: Bool {
        get throws { try database.integer("SELECT is_trusted FROM clock") == 1 }
    }

    func trustClock(_ isTrusted: Bool) throws {
        try database.run(
            """
            INSERT INTO clock (singleton, is_trusted) VALUES (1, ?)
            ON CONFLICT (singleton) DO UPDATE SET is_trusted = excluded.is_trusted
            """, .boolean(isTrusted))
    }

    /// From now on the clock is read with an offset.
    /// - Parameter clock: as it was read when that was found out.
    func noteClock(offset: Int64, of clock: MachineClock) throws {
        try database.transaction(.immediate) {
            try database.run(
                "UPDATE replica SET clock_offset = ?, clock_reading = ?", .integer(offset),
                .integer(clock.reading))
            try database.run(
                """
                INSERT INTO clock (singleton, boot, lead) VALUES (1, ?, ?)
                ON CONFLICT (singleton) DO UPDATE SET boot = excluded.boot, lead = excluded.lead
                """, .blob(clock.boot?.id),
                .integer(clock.boot.map { clock.reading.subtractingClamped($0.milliseconds) }))
        }
    }

    // MARK: what was written since a synchronised clock was met

    /// What was written last comes first.
    func unnotedSpans(limit: Int = maximumUnnotedSpans) throws -> [UnnotedSpan] {
        var found: [UnnotedSpan] = []
        var rows = try database.rows(
            "SELECT row, origin, sequence, chain, count, boot, lead FROM unnoted ORDER BY row DESC LIMIT ?",
            .integer(limit))
        while try rows.next() {
            guard let origin = Origin(bytes: rows.bytes(1)), let chain = ChainHash(bytes: rows.bytes(3))
            else {
                continue
            }
            found.append(
                UnnotedSpan(
                    row: rows.integer(0),
                    end: Vector.Entry(
                        origin: origin, sequence: UInt64(clamping: rows.integer(2)), chain: chain),
                    count: UInt64(clamping: rows.integer(4)), boot: rows.bytes(5), lead: rows.integer(6)))
        }
        return found
    }

    /// Remembers how the corrected clock stood against the boot clock when something was written.
    func addUnnoted(_ entry: Vector.Entry, added count: UInt64, clock: MachineClock) throws {
        // What is written under a synchronised clock is right, and after a boot the boot clock starts again.
        guard !clock.isSynchronized, let boot = clock.boot else { return }
        let lead = clock.corrected.subtractingClamped(boot.milliseconds)
        let sequence = Int64(clamping: entry.sequence)
        if let last = try unnotedSpans(limit: 1).last, last.boot == boot.id,
            last.end.origin == entry.origin, last.end.sequence + count == entry.sequence,
            last.lead.subtractingClamped(lead).magnitude <= Self.leadToleranceMilliseconds
        {
            try database.run(
                "UPDATE unnoted SET sequence = ?, chain = ?, count = count + ? WHERE row = ?",
                .integer(sequence), .blob(entry.chain.bytes), .integer(Int64(clamping: count)),
                .integer(last.row))
            return
        }
        try database.run(
            """
            INSERT INTO unnoted (origin, sequence, chain, count, boot, lead) VALUES (?, ?, ?, ?, ?, ?)
            """, .blob(entry.origin.bytes), .integer(sequence), .blob(entry.chain.bytes),
            .integer(Int64(clamping: count)), .blob(boot.id), .integer(lead))
        try database.run(
            """
            DELETE FROM unnoted
            WHERE boot != ? OR row NOT IN (SELECT row FROM unnoted ORDER BY row DESC LIMIT ?)
            """, .blob(boot.id), .integer(Int64(Self.maximumUnnotedSpans)))
    }

    /// A synchronised clock has told what there is to say of them. One that was added to since stays.
    func forget(_ spans: [UnnotedSpan]) throws {
        try database.transaction(.immediate) {
            for span in spans {
                try database.run(
                    "DELETE FROM unnoted WHERE row = ? AND sequence = ?", .integer(span.row),
                    .integer(Int64(clamping: span.end.sequence)))
            }
        }
    }
}
