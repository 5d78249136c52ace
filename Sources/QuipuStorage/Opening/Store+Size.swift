internal import QuipuSQLite

extension Store {
    /// Bytes that the archive's database takes, without pages that are free to be used again.
    public var sizeBytes: Int {
        get throws {
            do {
                let pages = try database.integer("PRAGMA page_count") ?? 0
                let free = try database.integer("PRAGMA freelist_count") ?? 0
                return Int((pages - free) * (try database.integer("PRAGMA page_size") ?? 0))
            } catch {
                throw StorageError(error)
            }
        }
    }
}
