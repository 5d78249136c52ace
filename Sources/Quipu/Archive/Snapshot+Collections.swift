internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

extension Snapshot {
    /// The collection with a name, a handle or an id.
    ///
    ///     let press = try archive.read { try $0.collection("Press") }
    ///
    /// - Throws: `unknownRecord`.
    public func collection(_ text: String) throws(QuipuError) -> RecordID {
        try QuipuError.presenting { try store.collection(text) }
    }

    /// The collections with a name, a handle or an id; several if they share the name.
    ///
    ///     let ids = try archive.read { try $0.collections("Press") }
    ///
    /// - Throws: `unknownRecord`.
    public func collections(_ text: String) throws(QuipuError) -> [RecordID] {
        try QuipuError.presenting {
            let first = try store.collection(text)
            let named = try store.collections.ids(named: text)
                .map { RecordID($0, kind: RecordKind.collection.rawValue) }
            return named.contains(first) ? named : [first]
        }
    }

    /// The names of collections, in the order of their creation.
    ///
    ///     print(try archive.read { try $0.collectionNames(limit: 100) }.joined(separator: "\n"))
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func collectionNames(limit: Int) throws(QuipuError) -> [String] {
        try QuipuError.presenting {
            guard limit > 0 else { return [] }
            var names: [String] = []
            var filter = QuipuStorage.RecordFilter()
            filter.kind = RecordKind.collection.rawValue
            try store.forEachRecord(filter) { record in
                if let name = record.string("name") { names.append(name) }
                return names.count < limit
            }
            return names
        }
    }

    /// The display name of a collection: its name, else its handle.
    package func collectionName(_ uuid: String) throws(QuipuError) -> String {
        try QuipuError.presenting { try store.collectionName(uuid) }
    }

    /// The field that a person means: of `collections/NAME` the one with the collection's id, else as typed.
    package func field(titled text: String) throws(QuipuError) -> String {
        let prefix = "collections/"
        guard text.hasPrefix(prefix), let id = try? collection(String(text.dropFirst(prefix.count))) else {
            return FieldTitle.field(titled: text) ?? text
        }
        return prefix + id.uuid
    }

    /// Whether what a record belongs to is deleted, and the record itself is not.
    package func isOrphaned(_ record: Record) throws(QuipuError) -> Bool {
        guard !record.isDeleted, let target = record.fields.string("target") else { return false }
        return try QuipuError.presenting { try store.records.target(target)?.isDeleted ?? false }
    }

    /// A field's name for people: an element of `collections` with the collection's name, and `FieldTitle` of others.
    package func fieldTitle(_ field: String) throws(QuipuError) -> String {
        let prefix = "collections/"
        guard field.hasPrefix(prefix) else { return FieldTitle.of(field) }
        return prefix + (try collectionName(String(field.dropFirst(prefix.count))))
    }
}

extension Store {
    /// - Throws: `unknownRecord`.
    func collection(_ text: String) throws -> RecordID {
        let kind = RecordKind.collection.rawValue
        if let id = try collections.id(named: text.nfc) { return RecordID(id, kind: kind) }
        if let record = try? find(text), record.kind == kind { return RecordID(record.id, kind: kind) }
        throw QuipuError(.unknownRecord, "there is no collection '\(text)'")
    }

    /// The display name of a collection: its name, else its handle.
    func collectionName(_ text: String) throws -> String {
        guard let id = QuipuCausality.RecordID(text: text) else { return text }
        return try view(id, kind: "collection")?.string("name") ?? id.shortHandle
    }
}
