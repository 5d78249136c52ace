internal import Quipu

/// Names of collections for a listing: looked up once each.
final class CollectionTitles {
    private var known: [String: String] = [:]

    /// The names of the collections that a record is in; of one without a name its handle.
    func titles(for record: Record, in snapshot: borrowing Snapshot) throws -> [String] {
        try record.fields.elements(of: "collections").map { id in
            if let title = known[id] { return title }
            let title = try snapshot.collectionName(id)
            known[id] = title
            return title
        }
    }
}
