internal import QuipuCausality
internal import QuipuStorage

/// What a check of an archive found.
public struct VerificationReport: Sendable {
    /// How many transactions of the log were checked.
    public let checkedTransactions: Int
    /// In words; empty where everything is as it was written.
    public let damages: [String]
    /// Of all that is held: two mirrors with the same one hold the same.
    public let digest: String
}

/// What a repair did.
public struct RepairReport: Sendable {
    /// In words: what was wrong, and is right now.
    public let repaired: [String]
    /// In words: what cannot be made anew from what is here.
    public let left: [String]
}

/// What was forgotten.
public struct CompactionReport: Sendable {
    public let droppedTexts: Int
    public let droppedBytes: Int
    public let freedBytes: Int
    public let removedFiles: Int
}

extension Archive {
    /// Checks everything from the log up, and the files of attachments: takes about as long as to read it all.
    ///
    /// - Throws: only where it cannot be checked; damage is reported.
    public func verify() throws(QuipuError) -> VerificationReport {
        try QuipuError.presenting {
            try stores.with { store in
                let report = try store.verify()
                let files = try store.blobs.verify().damaged.map {
                    "the file of an attachment is not what it was: \($0.hexadecimal)"
                }
                return VerificationReport(
                    checkedTransactions: report.checked, damages: report.damaged + files,
                    digest: "\(report.digest)")
            }
        }
    }

    /// Makes everything that follows from the log anew. What people wrote stays as it is.
    public func repair() throws(QuipuError) -> RepairReport {
        try QuipuError.presenting {
            try stores.with {
                let report = try $0.repair()
                return RepairReport(repaired: report.found, left: report.left)
            }
        }
    }

    /// Forgets the texts of what was replaced, here and on no other mirror, and frees their room. What is shown, what an open
    /// conflict shows and the history of who changed what stay.
    public func compact() throws(QuipuError) -> CompactionReport {
        try QuipuError.presenting {
            try stores.with {
                let report = try $0.compact()
                let files = try $0.blobs.collect()
                return CompactionReport(
                    droppedTexts: report.droppedTexts, droppedBytes: report.droppedBytes,
                    freedBytes: report.freedBytes, removedFiles: files.removed)
            }
        }
    }

    /// Writes a copy of the archive to a file, and the files of attachments beside it, into `FILE.blobs`.
    ///
    /// - Parameter replacesExisting: a file of that name.
    /// - Throws: `diskFull`, `readOnly`; `file-exists`.
    public func backUp(to path: String, replacesExisting: Bool = false) throws(QuipuError) {
        try QuipuError.presenting {
            try stores.with { store in
                let place = RemotePlace.absolute(path)
                _ = try store.backUp(to: place, replacesExisting: replacesExisting)
                _ = try AttachmentBackup(of: store).copy(beside: place)
            }
        }
    }
}
