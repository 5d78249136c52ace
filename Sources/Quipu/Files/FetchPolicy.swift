internal import QuipuStorage

/// Which files a sync fetches by default.
public enum FetchPolicy: Sendable, Equatable {
    /// Each file is fetched on request.
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
