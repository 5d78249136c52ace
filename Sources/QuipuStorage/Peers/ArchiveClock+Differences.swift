public import QuipuCausality
internal import QuipuSQLite

extension ArchiveClock {
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
