internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

/// The result of verifying an archive.
public struct VerificationReport: Sendable {
    /// The number of values of the log that were checked.
    public let checkedTransactions: Int
    /// The damage found, in words; empty if everything is as it was written.
    public let damages: [String]
    /// The digest of all content: two mirrors with the same digest hold the same.
    public let digest: String
}

/// The result of a repair.
public struct RepairReport: Sendable {
    /// The repaired parts, in words.
    public let repaired: [String]
    /// The damage that cannot be rebuilt from the data here, in words.
    public let left: [String]
    /// Texts that did not match their hashes and were dropped; the next sync fetches them again.
    public let droppedTexts: Int
}

/// The amount that a compaction removed, or would remove.
public struct CompactionReport: Sendable {
    public let droppedTexts: Int
    public let droppedBytes: Int
    public let freedBytes: Int
    public let removedFiles: Int
    public let removedFileBytes: UInt64
    /// Why the database file could not be shrunk; the texts are removed nevertheless, and their space is reused.
    public let hindrance: QuipuError?
    /// Why attachment files were not removed, in words.
    public let fileHindrance: String?
}

extension Archive {
    /// Verifies everything from the log, and the files of attachments: takes about as long as reading it all.
    ///
    ///     let report = try archive.verify()
    ///     for damage in report.damages { print(damage) }
    ///
    /// - Parameter progress: receives the number of transactions that were checked.
    /// - Throws: only if it cannot be checked; damage is reported.
    public func verify(
        progress: (WorkProgress) -> Void = { _ in }
    ) throws(QuipuError) -> VerificationReport {
        try QuipuError.presenting { try verify(progress, check: {}) }
    }

    /// - Parameter check: throws to end the verification.
    func verify(
        _ progress: (WorkProgress) -> Void, check: () throws -> Void
    ) throws -> VerificationReport {
        let report = try verify(with: nil, by: LinkOptions(), progress: progress, check: check)
        let files = report.damagedFiles.map { "the file of an attachment is not what it was: \($0.hash)" }
        return VerificationReport(
            checkedTransactions: report.checkedValues, damages: report.damages + files,
            digest: report.spokenDigest)
    }

    /// Forgets the texts of replaced values, on this mirror only, and frees their space. Current values, what an open
    /// conflict shows and the history of who changed what stay.
    ///
    ///     let report = try archive.compact(isDryRun: true)
    ///     print("\(report.droppedBytes) bytes can be dropped")
    ///
    /// - Parameters:
    ///   - isDryRun: only reports what would be removed.
    ///   - progress: receives the number of texts that were looked at.
    /// - Throws: `QuipuError` if the archive cannot be read or written.
    public func compact(
        isDryRun: Bool = false, progress: (WorkProgress) -> Void = { _ in }
    ) throws(QuipuError) -> CompactionReport {
        try QuipuError.presenting {
            try compact(isDryRun: isDryRun, heldBy: nil, by: LinkOptions(), progress: progress)
        }
    }

    /// The same, and removes files of deleted attachments that a mirror holds.
    ///
    /// - Parameters:
    ///   - word: the name of a remote, a URL or a path. If it is unreachable, nothing is done.
    ///   - progress: if it throws, the texts that were dropped until then stay dropped.
    /// - Throws: `same-archive` if it is this archive itself.
    package func compact(
        isDryRun: Bool, heldBy word: String?, by link: LinkOptions,
        progress: (WorkProgress) throws -> Void = { _ in }
    ) throws -> CompactionReport {
        try QuipuError.relaying {
            try stores.with { store in
                let held = try word.map { try RemotePlace($0, of: store).filesOfDeleted(of: store, by: link) }
                let report = try store.compact(isDryRun: isDryRun) {
                    try progress(WorkProgress(items: $0, fraction: $1))
                }
                var files = try store.blobs.collect(isDryRun: isDryRun)
                if let held, !held.isEmpty {
                    let further =
                        isDryRun
                        ? try store.blobs.size(held)
                        : try store.blobs.removeContentsOfDeleted(heldElsewhere: held)
                    files.removed += further.removed
                    files.removedBytes += further.removedBytes
                    files.hindrance = files.hindrance ?? further.hindrance
                }
                return CompactionReport(
                    droppedTexts: report.droppedTexts, droppedBytes: report.droppedBytes,
                    freedBytes: report.freedBytes, removedFiles: files.removed,
                    removedFileBytes: files.removedBytes,
                    hindrance: report.hindrance.map { QuipuError($0) }, fileHindrance: files.hindrance)
            }
        }
    }

    /// Writes a copy of the archive to a file, and the files of attachments beside it, into `FILE.blobs`.
    ///
    ///     try archive.backUp(to: "/media/stick/press.quipu", replacesExisting: true)
    ///
    /// - Parameter replacesExisting: a file of that name.
    /// - Throws: `diskFull`, `readOnly`; `file-exists`.
    public func backUp(to path: String, replacesExisting: Bool = false) throws(QuipuError) {
        try QuipuError.presenting {
            try backUp(to: path, replacesExisting: replacesExisting, check: {})
        }
    }

    /// - Parameter check: throws to end the backup.
    func backUp(to path: String, replacesExisting: Bool, check: () throws -> Void) throws {
        try GivenText.check(path: path, of: "a backup")
        let path = RemotePlace.absolute(path)
        try stores.with { store in
            try store.backUp(to: path, replacesExisting: replacesExisting, beforeNaming: check)
            _ = try AttachmentBackup(of: store).copy(beside: path, check: check)
        }
    }

    /// - Parameter path: `/dev/stdout` is standard output.
    /// - Returns: the size of the file.
    package func backUpRecords(to path: String, replacesExisting: Bool) throws(QuipuError) -> Int {
        try QuipuError.presenting {
            try stores.with {
                try $0.backUp(to: RemotePlace.absolute(path), replacesExisting: replacesExisting)
            }
        }
    }

    /// Copies the files of attachments that are here into `PATH.blobs`.
    package func backUpFiles(beside path: String) throws(QuipuError) -> AttachmentBackup.Outcome {
        try QuipuError.presenting {
            try stores.with { try AttachmentBackup(of: $0).copy(beside: RemotePlace.absolute(path)) }
        }
    }

    /// Whether the file of any attachment is here.
    package func hasFiles() throws(QuipuError) -> Bool {
        try QuipuError.presenting {
            try stores.with { try !$0.blobs.files.hashes(after: nil, limit: 1).isEmpty }
        }
    }

    /// What another program has changed in the layout of the database, so that others refuse its copies; nil for nothing.
    package func layoutDifference() throws(QuipuError) -> String? {
        try QuipuError.presenting { try stores.with { try $0.integrity.layoutDifference() } }
    }

    /// Says whether this machine's clock is right, for this archive.
    package func trustClock(_ isTrusted: Bool) throws(QuipuError) {
        try QuipuError.presenting { try stores.with { try $0.clock.trust(isTrusted) } }
    }

    /// Whether this machine's clock is declared right, and by how much its times are corrected.
    package func clock() throws(QuipuError) -> (isTrusted: Bool, offsetMilliseconds: Int64) {
        try QuipuError.presenting { try stores.with { (try $0.clock.isTrusted, try $0.clock.offset()) } }
    }
}

extension RemotePlace {
    /// The files of deleted attachments that it says it holds.
    fileprivate func filesOfDeleted(of store: Store, by link: LinkOptions) throws -> [BlobHash] {
        guard ArchiveFolder.at(location)?.path != store.folder.path else {
            throw ReplicationError.sameArchive(at: title)
        }
        let all = try store.blobs.contentsOfDeleted()
        if all.isEmpty { return [] }
        let transport = try transport(for: store, by: link, takesUnchecked: true)
        let peer = try blobPeer(over: transport, environment: store.environment)
        var held: [BlobHash] = []
        try forEachQuestion(all) { part in
            let missing = try peer.missing(part)
            held += part.filter { !missing.contains($0) }
        }
        return held
    }
}
