internal import Glibc
public import QuipuCausality
internal import QuipuEmbeddedSchema
internal import QuipuSQLite

/// The result of verifying the whole archive.
public struct VerificationReport: Sendable {
    public var digest: Digest
    /// The digest of what is seen, versions left out: what a lossless export and import preserve.
    public var contentDigest: Digest
    /// Heads that were checked.
    public var checked = 0
    /// The damage found, in words; empty if there is none.
    public var damaged: [String] = []
}

/// Whether all that is kept is as the log implies, and how to make it so.
public struct Integrity: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var integrity: Integrity { Integrity(archive: archive) }
}

extension Integrity {
    /// Recomputes everything that is kept incrementally: chains, vector, digest, hashes of texts, conflicts, missing
    /// texts and what hangs where; and has SQLite check its file.
    ///
    /// - Parameter checksIndexes: also holds the indexes of natural keys and of words against the records; of words, in a
    ///   large archive, some records that chance picks.
    /// - Parameter progress: is told how many transactions were checked, and which part of the log that is; what it throws
    ///   ends the check.
    public func verify(
        checksIndexes: Bool = true, progress: (_ items: Int, _ fraction: Double) throws -> Void = { _, _ in }
    ) throws -> VerificationReport {
        try reading {
            let damaged = try fileDamage()
            var check = try VerificationPass(archive)
            try check.checkLog(after: 0, through: .max, progress: progress)
            try check.finish()
            let findings = check.findings
            // An index of what is damaged cannot be right.
            let stale =
                checksIndexes && (damaged + findings.damaged).isEmpty
                ? try IndexCheck(of: archive).damaged : []
            return VerificationReport(
                digest: findings.digest, contentDigest: findings.contentDigest, checked: findings.checked,
                damaged: damaged + findings.damaged + stale)
        }
    }

    /// What SQLite says of its file.
    func fileDamage() throws -> [String] {
        var damaged: [String] = []
        var rows = try database.rows("PRAGMA integrity_check(10)")
        while try rows.next() {
            let text = rows.text(0)
            if text != "ok" { damaged.append("SQLite: \(text)") }
        }
        return damaged
    }

    /// Holds every transaction against its chain, by the hashes of its values.
    /// - Returns: where chains end, and the transactions that are not what theirs say, at most 100.
    func chains() throws -> (ends: [Origin: Vector.Entry], damaged: [TransactionName]) {
        var check = try ChainCheck(archive, after: 0)
        try log.walkLog(after: 0, isByHash: true) { transaction, _, contents in
            _ = try check.check(transaction, values: contents.values)
            return !check.isAtLimit
        }
        return (check.ends, check.damaged)
    }

    /// What somebody has added to the layout of one's own archive, or taken from it; such an archive is used as it is,
    /// and its copies are refused by others.
    public func layoutDifference() throws -> String? {
        do { return try ForeignSchema.store.difference(of: database) } catch { throw StorageError(error) }
    }

    /// Looks at everything in an archive from elsewhere before it is used for the first time.
    /// - Throws: `StorageError.damaged`.
    public func requireSound() throws {
        // Nobody searches there or imports, from here.
        let found = try verify(checksIndexes: false).damaged
        guard let first = found.first else { return }
        throw StorageError(
            .damaged,
            "the archive at \(folder.workPath) is damaged: \(first)"
                + (found.count > 1 ? ", and \(found.count - 1) more" : ""),
            remedy: Remedy(.examineThere, folder.workPath))
    }

    /// What SQLite finds wrong with this machine's own settings, in words.
    public func localDamage() throws -> [String] {
        do { return try local.damage() } catch let error as SQLiteError { throw StorageError(error) }
    }
}
