internal import QuipuStorage

/// Names of collections for a listing: looked up once each.
final class CollectionTitles {
    private let store: Store
    private var known: [String: String] = [:]

    init(of store: Store) { self.store = store }

    /// The names of the collections that a record is in; of one without a name its handle.
    func titles(for record: Record) throws -> [String] { try record.elements(of: "collections").map(title) }

    private func title(_ id: String) throws -> String {
        if let title = known[id] { return title }
        let title = try store.collectionName(id)
        known[id] = title
        return title
    }
}
