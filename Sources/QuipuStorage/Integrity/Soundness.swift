internal import Glibc
internal import QuipuCausality
internal import QuipuEmbeddedSchema
internal import QuipuSQLite

extension Integrity {
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
            hint: "nothing was taken from it; look at it with: quipu doctor --archive \(folder.workPath)")
    }

    /// What SQLite finds wrong with this machine's own settings, in words.
    public func localDamage() throws -> [String] {
        do { return try local.damage() } catch let error as SQLiteError { throw StorageError(error) }
    }
}
