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

    /// The same on another thread.
    @concurrent
    public func read<Result: Sendable>(
        _ body: @Sendable (borrowing Snapshot) throws -> Result
    ) async throws -> Result {
        try blockingRead(body)
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
    /// Do not call it within another `write` of the same archive: it would wait for that one and throw `busy`.
    ///
    /// - Parameter words: what is done, for the log: at most 200 bytes, which all mirrors get; no text of a record.
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
        guard !author.isEmpty else {
            throw QuipuError(.badName, "no author is set for edits of \(path)")
        }
        return try QuipuError.relaying {
            try stores.with { store in
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

    /// The same on another thread.
    @concurrent
    public func write<Result: Sendable>(
        _ words: String? = nil, _ body: @Sendable (inout Transaction) throws -> Result
    ) async throws -> Result {
        try blockingWrite(words, body)
    }

    // In an asynchronous function the asynchronous overload is called.

    private func blockingRead<Result>(_ body: (borrowing Snapshot) throws -> Result) throws -> Result {
        try read(body)
    }

    private func blockingWrite<Result>(
        _ words: String?, _ body: (inout Transaction) throws -> Result
    ) throws -> Result {
        try write(words, body)
    }
}
