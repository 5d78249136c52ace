internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

extension Store {
    /// The collection that a name, an id or a handle stands for.
    /// - Throws: `StorageError.unknownRecord`, with the names there are.
    func collection(_ text: String) throws -> RecordID {
        let name = text.nfc
        if let id = try collections.id(named: name) { return id }
        if let record = try? find(text), record.kind == "collection" { return record.id }
        let names = try collectionNames(limit: 20)
        let near = Suggestion.closest(to: name, among: names)
        throw StorageError(
            .unknownRecord, "there is no collection '\(text)'",
            hint: near.map { "did you mean '\($0)'?" }
                ?? (names.isEmpty
                    ? "make it: quipu add collection 'name=\(text)'"
                    : "there are: \(names.joined(separator: ", "))"))
    }

    /// Likewise, all of them where several show the name.
    func collections(_ text: String) throws -> [RecordID] {
        let first = try collection(text)
        let named = try collections.ids(named: text)
        return named.contains(first) ? named : [first]
    }

    /// What people call a collection: its name, else its handle.
    func collectionName(_ text: String) throws -> String {
        guard let id = RecordID(text: text) else { return text }
        return try view(id, kind: "collection")?.string("name") ?? id.shortHandle
    }

    /// A field's name for people: an element of `collections` with the collection's name.
    func fieldTitle(_ field: String) throws -> String {
        let prefix = "collections/"
        return field.hasPrefix(prefix)
            ? prefix + (try collectionName(String(field.dropFirst(prefix.count)))) : field
    }

    private func collectionNames(limit: Int) throws -> [String] {
        var names: [String] = []
        var filter = RecordFilter()
        filter.kind = "collection"
        try forEachRecord(filter) { record in
            if let name = record.string("name") { names.append(name) }
            return names.count < limit
        }
        return names
    }
}
