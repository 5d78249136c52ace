internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// Collections are known by their names, so no two may share one by hand.
enum CollectionNames {
    /// - Throws: `StorageError.badName` when another collection has the name that an edit gives.
    static func check(_ changes: [Edit.Change], kind: String, id: RecordID?, in store: Store) throws {
        guard kind == "collection", let change = changes.first(where: { $0.field == "name" }),
            let name = decodeString(change.json), let taken = try store.collections.id(named: name),
            taken != id
        else { return }
        throw StorageError(
            .badName, "there is a collection '\(name)' already: \(taken.shortHandle)",
            hint: "use it: quipu list --collection '\(name)'; or choose another name")
    }
}
