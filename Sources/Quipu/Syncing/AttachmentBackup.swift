internal import QuipuCausality
internal import QuipuStorage

/// The files of attachments beside a backup of the records: in the folder `FILE.blobs`, each under its hash. What is
/// there already is not copied again.
package struct AttachmentBackup {
    package struct Outcome: Sendable {
        package var copied = 0
        package var copiedBytes: UInt64 = 0
        /// Needed by records, but not available.
        package var lacking = 0

        package init() {}
    }

    private let store: Store

    init(of store: Store) { self.store = store }

    /// Copies every content that is here, each checked.
    ///
    /// - Parameter check: throws to end it; what was copied stays, and is not copied again.
    func copy(beside file: String, check: () throws -> Void = {}) throws -> Outcome {
        var outcome = Outcome()
        let backup = FolderBlobs(file + ".blobs", environment: store.environment)
        for hash in try store.blobs.files.hashes(after: nil, limit: .max) {
            try copy(hash, from: store.blobs.files, to: backup, &outcome, check)
        }
        for blob in try store.blobs.needed() where try backup.sizeBytes(of: blob.hash) == nil {
            outcome.lacking += 1
        }
        return outcome
    }

    /// Copies what records need from a backup.
    func restore(from file: String, check: () throws -> Void = {}) throws -> Outcome {
        var outcome = Outcome()
        let backup = FolderBlobs(file + ".blobs", environment: store.environment)
        for blob in try store.blobs.needed() {
            try copy(blob.hash, from: backup, to: store.blobs.files, &outcome, check)
            if try store.blobs.files.sizeBytes(of: blob.hash) == nil { outcome.lacking += 1 }
        }
        return outcome
    }

    private func copy(
        _ hash: BlobHash, from: FolderBlobs, to: FolderBlobs, _ outcome: inout Outcome,
        _ check: () throws -> Void
    ) throws {
        try check()
        guard try to.sizeBytes(of: hash) == nil, let content = try from.content(of: hash) else { return }
        do {
            outcome.copiedBytes += try to.add(hash, from: content) { _ in try check() }
            outcome.copied += 1
        } catch BlobRefusal.wrongContent {
            // Damaged content counts as missing, and 'verify' says which it is.
        }
    }
}
