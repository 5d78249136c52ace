public import QuipuCausality
internal import QuipuSQLite

/// Whose bundles are accepted, and how this replica numbers and signs its own.
public struct BundleSenders: ArchivePart {
    let archive: OpenArchive

    /// The key to sign with.
    public func ownKey() throws -> SigningKey { try wrapped { try local.signingKey() } }

    /// The number of the next bundle of this replica.
    public func nextNumber() throws -> BundleNumber {
        try wrapped { try local.nextBundleNumber(freshIncarnation: freshIncarnation) }
    }

    /// Restarts the numbering, because a peer knows more of this replica than it holds.
    public func renumber() throws { try wrapped { try local.renumberBundles(incarnation: freshIncarnation) } }

    /// By name.
    public func all() throws -> [BundleSender] { try wrapped { try local.bundleSenders() } }

    /// Accepts somebody's bundles from now on, or remembers what the last one told.
    public func note(_ sender: BundleSender) throws { try wrapped { try local.note(sender) } }

    private var freshIncarnation: UInt128 {
        environment.randomBytes(16).reduce(0) { $0 << 8 | UInt128($1) }
    }

    private func wrapped<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as SQLiteError { throw StorageError(error) }
    }
}
