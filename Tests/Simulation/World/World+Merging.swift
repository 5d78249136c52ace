internal import QuipuStorage

extension World {
    /// Merges records, or takes one out; what cannot be done is refused.
    func write(_ edit: RecordEdit, _ author: String, _ store: Store) throws -> String {
        do {
            return try store.edit(author: author) { [edit] }.version == nil ? "so already" : "written"
        } catch let error as StorageError
            where [.unknownRecord, .deleted, .wrongType, .notMerged].contains(error.code)
        {
            return "refused"
        }
    }
}
