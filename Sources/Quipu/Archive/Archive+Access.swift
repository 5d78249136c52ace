internal import QuipuStorage

extension Archive {
    /// Runs `body` with one unchanging snapshot of the archive.
    ///
    ///     let titles = try archive.read { try $0.records(.init(tag: "river")).map(\.caption) }
    ///
    /// - Throws: `QuipuError`, and what `body` throws.
    public func read<Result>(_ body: (borrowing Snapshot) throws -> Result) throws -> Result {
        try QuipuError.relaying {
            try stores.with { store in try store.reading { try body(Snapshot(store)) } }
        }
    }

    /// The same on a thread of its own: no thread of the caller's, nor one that tasks share, waits for it.
    ///
    ///     let title = try await archive.read { try $0.record(id)?.fields.title }
    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (borrowing Snapshot) throws -> Result
    ) async throws -> Result {
        try await BlockingThreads.shared.run { try self.read(body) }
    }

    /// Runs `body` and writes its edits, all of them or none: as one transaction, or as several where one cannot hold them,
    /// which are one entry of the log. No other writer is active meanwhile: what `body` reads is the state that its edits
    /// apply to.
    ///
    ///     try archive.write { t in
    ///         for record in try t.records(.init(tag: "draft")) { try t.edit(record.id) { $0.tags.remove("draft") } }
    ///     }
    ///
    /// With words it is an entry of the log that says what was done:
    ///
    ///     try archive.write("tag what is about rivers") { t in try t.edit(id) { $0.tags.insert("river") } }
    ///
    /// A call within another `write` of the same archive, which could never get the write lock, throws `nestedWrite`.
    ///
    /// - Parameter words: what is done, for the log, which all mirrors get; no text of a record. The log keeps 200 bytes: of longer
    ///   words as many whole characters as fit, and "…".
    /// - Returns: what `body` returns, once everything is on the disk.
    /// - Throws: `QuipuError`, and what `body` throws; then nothing was written.
    public func write<Result>(
        _ words: String? = nil, _ body: (inout Transaction) throws -> Result
    ) throws -> Result {
        try edit(words, body).result
    }

    /// Like `write`, and also returns the version that was written and the conflicts that it settled.
    ///
    ///     let (_, outcome) = try archive.edit { t in try t.edit(id) { $0.title = "High water" } }
    ///     if outcome.version == nil { print("nothing changed") }
    ///
    /// - Parameter words: as of `write`.
    /// - Returns: what `body` returns, and the outcome; its `version` is nil if nothing changed.
    /// - Throws: `badName` if no author is set; `QuipuError`, and what `body` throws; then nothing was written.
    public func edit<Result>(
        _ words: String? = nil, _ body: (inout Transaction) throws -> Result
    ) throws -> (result: Result, outcome: EditOutcome) {
        try requireAuthor()
        return try QuipuError.relaying {
            try stores.writing { store in
                var result: Result?
                let outcome = try store.asOneEntry(words) {
                    try store.edit(author: author) {
                        var transaction = Transaction(store)
                        result = try body(&transaction)
                        return transaction.edits
                    }
                }
                guard let result else { preconditionFailure("a transaction that was committed has a result") }
                return (result, EditOutcome(outcome))
            }
        }
    }

    /// Like `write`, on a thread of its own: no thread of the caller's, nor one that tasks share, waits for the write lock. It runs
    /// to its end if the task is cancelled.
    ///
    ///     try await archive.write { t in try t.edit(id) { $0.tags.insert("river") } }
    public func write<Result: Sendable>(
        _ words: String? = nil, _ body: @escaping @Sendable (inout Transaction) throws -> Result
    ) async throws -> Result {
        try await BlockingThreads.shared.run { try self.write(words, body) }
    }

    /// Like `edit`, on a thread of its own.
    ///
    ///     let (_, outcome) = try await archive.edit { t in try t.edit(id) { $0.title = "High water" } }
    public func edit<Result: Sendable>(
        _ words: String? = nil, _ body: @escaping @Sendable (inout Transaction) throws -> Result
    ) async throws -> (result: Result, outcome: EditOutcome) {
        try await BlockingThreads.shared.run { try self.edit(words, body) }
    }
}
