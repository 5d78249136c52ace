internal import QuipuCanonicalJSON
internal import QuipuStorage

extension Transaction {
    /// Keeps a query as a saved search: a collection with a field `query`, which syncs as others do, and in which is what the
    /// query finds whenever somebody looks. A collection that has the name already gets the query.
    ///
    ///     let (rivers, _) = try archive.write { try $0.saveSearch("tag:river before:2020", as: "Old rivers") }
    ///
    /// - Returns: the collection, and whether it is new.
    /// - Throws: `wrongType` if the query cannot be read or looks into itself.
    @discardableResult
    public mutating func saveSearch(
        _ query: String, as name: String
    ) throws(QuipuError) -> (id: RecordID, isNew: Bool) {
        try GivenText.check(line: name, as: "a saved search's name")
        let value: (name: String, json: [UInt8]) = (SavedSearch.field, canonicalString(query.nfc))
        let known = try QuipuError.presenting { [store] in try store.collections.id(named: name.nfc) }
        if let known {
            let id = RecordID(known, kind: RecordKind.collection.rawValue)
            try set([value], of: id)
            return (id, false)
        }
        return (try make(.collection, [("name", canonicalString(name.nfc)), value]), true)
    }
}
