internal import QuipuSQLite

/// Notices that another connection, of whatever process, has committed to a store's archive since it was last asked.
/// What is written through the store itself does not count. One look costs some microseconds.
public struct ForeignCommits {
    private let store: Store
    private var version: Int64?

    /// Counts from here on.
    public init(to store: Store) throws {
        self.store = store
        version = try Self.version(store)
    }

    public mutating func take() throws -> Bool {
        let before = version
        version = try Self.version(store)
        return version != before
    }

    private static func version(_ store: Store) throws -> Int64? {
        do {
            return try store.database.integer("PRAGMA data_version")
        } catch {
            throw StorageError(error)
        }
    }
}
