internal import Glibc
public import QuipuCausality
internal import QuipuSQLite

/// The clock that stamps what is written, and what was learned of it from others.
public struct ArchiveClock: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var clock: ArchiveClock { ArchiveClock(archive: archive) }
}

extension ArchiveClock {
    /// What this machine's clock reads, in Unix milliseconds, less what it was found to be off by.
    public func correctedNow() throws -> Int64 { try local.clock(environment).corrected }

    /// The same, with whether it can be relied on.
    public func reading() throws -> ClockReading {
        let clock = try local.clock(environment)
        return ClockReading(milliseconds: clock.corrected, isSynchronized: clock.isSynchronized)
    }

    /// What was found to be wrong with this machine's clock, in milliseconds; to be taken off what it reads.
    public func offset() throws -> Int64 { try local.clock(environment).offset }

    /// Whether the owner has said that this machine's clock is right.
    public var isTrusted: Bool { get throws { try local.isClockTrusted } }

    /// Takes the owner's word for this machine's clock, or measures it again.
    public func trust(_ isTrusted: Bool) throws {
        do { try local.trustClock(isTrusted) } catch let error as SQLiteError { throw StorageError(error) }
    }

    /// Holds this machine's clock against that of a peer. Where it is the one to move, it is read with an offset from
    /// now on. Where one of the two is synchronised, what was written in this boot is corrected by clock notes, ordinary
    /// transactions; no transaction is restamped.
    ///
    /// - Parameters:
    ///   - own: what `correctedNow` read at the moment of the peer's reading.
    ///   - other: the peer's clock.
    @discardableResult
    public func compare(
        own: Int64, other: ClockReading, as role: ClockComparison.Role
    ) throws -> ClockComparison {
        do {
            var clock = try local.clock(environment)
            let comparison = ClockComparison(
                own: ClockReading(milliseconds: own, isSynchronized: clock.isSynchronized), other: other,
                as: role)
            let difference = comparison.differenceMilliseconds
            if comparison.moves { clock.offset = clock.offset.addingClamped(difference) }
            let spans = comparison.authority == nil ? [] : try local.unnotedSpans()
            if !spans.isEmpty, let boot = clock.boot {
                // A correction of less than the tolerance was not made, and yet the authority's word is exact.
                let truth =
                    comparison.authority == .peer && !comparison.moves
                    ? clock.corrected.subtractingClamped(difference) : clock.corrected
                try note(spans, lead: truth.subtractingClamped(boot.milliseconds), under: clock)
            }
            if try comparison.moves || clock.isSynchronized && local.hasClockOffset {
                try local.noteClock(offset: clock.offset, of: clock)
            }
            if !spans.isEmpty { try local.forget(spans) }
            return comparison
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }

    /// Writes what the stamps of this boot are off by, where that is much.
    /// - Parameters:
    ///   - lead: what a right clock reads, less what the boot clock reads.
    ///   - clock: under which the notes are written.
    private func note(_ spans: [UnnotedSpan], lead: Int64, under clock: MachineClock) throws {
        var wrong: [Int64: [UnnotedSpan]] = [:]
        for span in spans where span.boot == clock.boot?.id {
            let excess = span.lead.subtractingClamped(lead)
            if excess.magnitude > UInt64(Limits.clockToleranceMilliseconds) {
                wrong[excess, default: []].append(span)
            }
        }
        if wrong.isEmpty { return }
        try writing { writer in
            writer.clock = clock
            writer.isClockNote = true
            for (excess, spans) in wrong.sorted(by: { $0.key < $1.key }) {
                let covered = try writer.spansToNote(spans)
                if covered.isEmpty { continue }
                try writer.append(
                    [], note: ClockNote(offsetMilliseconds: excess, spans: covered), author: Self.noteAuthor,
                    isByProgram: true)
            }
        }
    }

    /// The author's name of transactions that the program writes on its own.
    static let noteAuthor = "quipu"

    /// The highest stamp that this replica's clock has followed, in Unix milliseconds.
    public func latestStampMilliseconds() throws -> Int64 {
        Stamp(rawValue: UInt64(clamping: try database.integer("SELECT stamp FROM archive") ?? 0)).milliseconds
    }

    /// Holds this machine's clock against that of one who calls, and remembers where they differ.
    public func hold(clockOfCaller clock: ClockReading) throws {
        let comparison = try compare(own: correctedNow(), other: clock, as: .answerer)
        // Callers come and go: one whose clock agrees says nothing about another.
        if let difference = ClockDifference(comparison, peer: clock) {
            // Where settings cannot be written, answering is worth more than remembering this.
            try? note(difference, of: "")
        }
    }

    /// Remembers, or forgets, that the clock of a remote and this machine's differ.
    public func noteDifference(_ difference: ClockDifference?, remote name: String) throws {
        try note(difference, of: name)
    }

    /// What was noticed in the last exchange with each remote.
    /// - Returns: by the remote's name.
    public func differences() throws -> [String: ClockDifference] {
        var found = try local.clockDifferences()
        found[""] = nil
        return found
    }

    /// What was noticed last of one who called, if that was in the last week.
    public func callersDifference() throws -> ClockDifference? {
        guard let found = try local.clockDifferences()[""] else { return nil }
        let age = try correctedNow().subtractingClamped(found.noticedAtMilliseconds)
        return age.magnitude <= Self.callerMemoryMilliseconds ? found : nil
    }

    private static let callerMemoryMilliseconds: UInt64 = 7 * 24 * 3_600 * 1_000

    private func note(_ difference: ClockDifference?, of peer: String) throws {
        do {
            let known = try local.clockDifferences()[peer]
            guard var difference else {
                if known != nil { try local.note(nil, of: peer) }
                return
            }
            difference.noticedAtMilliseconds = try correctedNow()
            if let known, known.says(theSameAs: difference) { return }
            try local.note(difference, of: peer)
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }
}
