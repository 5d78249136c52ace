internal import QuipuStorage

/// Which attachment files a sync fetches by itself.
///
///     var options = SyncOptions()
///     options.fetches = .collections(named: ["Press"])
public enum FetchChoice: Sendable, Equatable {
    case all
    /// Files are fetched only on request.
    case none
    /// Files of records in these collections. A collection may arrive with the same sync.
    case collections(named: [String])

    /// - Throws: `unknownRecord` if there is no collection of a name.
    func remember(for store: Store) throws {
        switch self {
        case .all: try store.blobs.setPolicy(.all)
        case .none: try store.blobs.setPolicy(.none)
        case .collections(let names):
            try store.blobs.setPolicy(.collections(try names.map { try store.collection($0).stored }))
        }
    }
}
