internal import QuipuStorage

/// Whose files a sync brings here by itself.
public enum FetchPolicy: Sendable, Equatable {
    /// Each is fetched when somebody asks for it.
    case none
    /// Those of records in these collections.
    case collections([RecordID])
    case all

    init(_ policy: BlobPolicy) {
        self =
            switch policy {
            case .none: .none
            case .collections(let ids):
                .collections(ids.map { RecordID($0, kind: RecordKind.collection.rawValue) })
            case .all: .all
            }
    }
}
