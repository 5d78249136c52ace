internal import QuipuSQLite

extension Store {
    /// Runs `body` over the archive, and takes back all that it wrote: what somebody asks who wants to know what would
    /// happen. Nobody else sees any of it, and others wait for their turn to write as long as it lasts.
    ///
    /// - Parameter body: is given a store of its own, of a replica that does not exist.
    /// - Throws: `StorageError` where the archive cannot be written, and what `body` throws.
    public func rollingBack<Result>(_ body: (Store) throws -> Result) throws -> Result {
        do {
            let connection = try Connection(path: folder.storePath, options: .init(mode: .readWrite))
            let archive = try OpenArchive(
                over: connection, in: folder,
                local: Self.emptyLocalState(of: folder, environment: environment), environment: environment)
            var result: Result?
            do {
                try connection.transaction(.immediate) {
                    result = try body(Store(archive))
                    throw RolledBack()
                }
            } catch is RolledBack {}
            guard let result else { preconditionFailure("what ended in good order has a result") }
            return result
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }
}

private struct RolledBack: Error {}
