internal import QuipuStorage

/// Whose files an exchange is to bring here by itself, as somebody says it.
///
///     var options = SyncOptions()
///     options.fetches = .collections(named: ["Press"])
public enum FetchChoice: Sendable, Equatable {
    case all
    /// Each is fetched when somebody asks for it.
    case none
    /// Those of records in these collections, which may come with the exchange itself.
    case collections(named: [String])

    /// - Throws: `unknownRecord` where there is no collection of a name.
    func remember(for store: Store) throws {
        switch self {
        case .all: try store.blobs.setPolicy(.all)
        case .none: try store.blobs.setPolicy(.none)
        case .collections(let names):
            try store.blobs.setPolicy(.collections(try names.map { try store.collection($0).stored }))
        }
    }
}
