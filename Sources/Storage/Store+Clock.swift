internal import Causality
internal import SQLite

extension Store {
    /// What this machine's clock reads, in Unix milliseconds, less what it was found to be off by.
    public func correctedNow() throws -> Int64 {
        let reading = environment.nowMilliseconds()
        return reading.subtractingClamped(try local.clockOffset(reading: reading))
    }

    /// What was found to be wrong with this machine's clock, in milliseconds; to be taken off what it reads.
    public func clockOffset() throws -> Int64 {
        try local.clockOffset(reading: environment.nowMilliseconds())
    }

    /// Holds this machine's clock against that of a peer. Where it is the one to move, what was written under it
    /// since the last time is corrected by a clock note, an ordinary transaction; nothing is re-stamped.
    ///
    /// - Parameters:
    ///   - own: what `correctedNow` read at the moment of the peer's reading.
    ///   - other: the peer's corrected clock.
    /// - Returns: by how many milliseconds the clock was found to be too high; nil when it stays.
    @discardableResult
    public func compareClock(own: Int64, other: Int64) throws -> Int64? {
        guard let excess = ClockComparison.excessMilliseconds(own: own, other: other) else { return nil }
        let reading = environment.nowMilliseconds()
        let offset = try local.clockOffset(reading: reading).addingClamped(excess)
        let spans = try local.unnotedSpans()
        if !spans.isEmpty {
            try writing { writer in
                writer.clockOffset = offset
                let covered = try writer.spans(endingAt: spans)
                guard !covered.isEmpty else { return }
                try writer.commit(
                    [], note: ClockNote(offsetMilliseconds: excess, spans: covered), author: Self.noteAuthor,
                    isByProgram: true)
            }
        }
        do {
            try local.noteClock(offset: offset, reading: reading)
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
        return excess
    }

    /// Under whose name the program writes what nobody asked for.
    static let noteAuthor = "quipu"
}

extension Writer {
    /// What a clock note lists of chains of this machine's own, as far as the archive holds them. A chain that was
    /// branched since is looked for by its hash.
    fileprivate func spans(endingAt ends: [(end: Vector.Entry, count: UInt64)]) throws -> [ClockNote.Span] {
        var found: [ClockNote.Span] = []
        for (end, count) in ends.prefix(Limits.noteSpans) {
            if let held = try store.locate(end.name), held.chain == end.chain {
                found.append(.init(last: end.name, count: count))
            } else if let position = try database.integer(
                "SELECT position FROM log WHERE chain = ?", .blob(end.chain.bytes))
            {
                found.append(.init(last: try store.name(at: position), count: count))
            }
        }
        return found
    }
}

extension Int64 {
    package func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
