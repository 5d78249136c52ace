extension Archive {
    /// Like `verify`, on a thread of its own, until the task is cancelled. Nothing is changed by it.
    ///
    ///     let report = try await archive.verify()
    ///     print(report.damages.isEmpty ? "sound" : report.damages.joined(separator: "\n"))
    ///
    /// - Throws: also `cancelled`: after a transaction or a file. SQLite's check of its own file, which comes first, runs to its end.
    public func verify(
        progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(QuipuError) -> VerificationReport {
        try await cancellableCall("the verification") { cancellation in
            try self.verify(progress, check: cancellation.check)
        }
    }

    /// Like `compact`, on a thread of its own, until the task is cancelled. Texts that were dropped until then
    /// stay dropped; their space is reused, and the next compaction drops the others.
    ///
    ///     let report = try await archive.compact()
    ///     print("\(report.freedBytes) bytes are free now")
    ///
    /// - Throws: also `cancelled`: between two batches of texts. What comes after the last one runs to its end.
    public func compact(
        isDryRun: Bool = false, progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(QuipuError) -> CompactionReport {
        try await cancellableCall("the compaction") { cancellation in
            try self.compact(isDryRun: isDryRun, heldBy: nil, by: LinkOptions()) {
                progress($0)
                try cancellation.check()
            }
        }
    }

    /// Like `backUp`, on a thread of its own, until the task is cancelled. While the records are copied a
    /// cancelled backup leaves no file, or the one that was there; while the files of attachments are, it has all records and
    /// the files until then, and a backup to the same path with `replacesExisting` copies the others.
    ///
    ///     try await archive.backUp(to: "/media/stick/press.quipu", replacesExisting: true)
    ///
    /// - Throws: also `cancelled`.
    public func backUp(to path: String, replacesExisting: Bool = false) async throws(QuipuError) {
        try await cancellableCall("the backup") { cancellation in
            try self.backUp(to: path, replacesExisting: replacesExisting, check: cancellation.check)
        }
    }
}
