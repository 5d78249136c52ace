internal import Quipu
internal import QuipuCausality
internal import QuipuStorage

// What commands that are written on the store still ask for.

extension RecordText {
    static func name(_ record: QuipuStorage.Record) -> String { name(record.id, kind: record.kind) }

    static func name(_ id: QuipuCausality.RecordID, kind: String) -> String {
        "\(TerminalSanitizer.line(kind)) \(id.shortHandle)"
    }

    static func title(_ record: QuipuStorage.Record, columns: Int = 60) -> String {
        let name = name(record)
        guard let caption = record.caption.map(TerminalSanitizer.line), !caption.isEmpty else { return name }
        return "\(name) “\(DisplayWidth.cut(caption, to: columns))”"
    }
}

extension MissingTextNames {
    static func text(in store: Store) throws -> String? {
        let found = try store.missingTexts(limit: 3)
        if found.isEmpty { return nil }
        let names = found.map { missing in
            "\(TerminalSanitizer.line(missing.field)) of \(RecordText.title(missing.record, columns: 40))"
                + (missing.record.isDeleted ? " (deleted)" : "")
        }
        let further = try store.missingTexts - found.count
        return names.joined(separator: ", ") + (further > 0 ? ", and \(further) more" : "")
    }
}

extension ClockText {
    static func sentence(
        _ difference: QuipuStorage.ClockDifference, peer: String, isOwnRight: Bool
    ) -> String {
        sentence(Told.Difference(difference), peer: peer, isOwnRight: isOwnRight)
    }
}

extension Store {
    /// The collection that a name, an id or a handle stands for.
    /// - Throws: `StorageError.unknownRecord`, with the names there are.
    func collection(_ text: String) throws -> QuipuCausality.RecordID {
        let name = text.inNormalFormC
        if let id = try collectionID(named: name) { return id }
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
    func collections(_ text: String) throws -> [QuipuCausality.RecordID] {
        let first = try collection(text)
        let named = try collectionIDs(named: text)
        return named.contains(first) ? named : [first]
    }

    /// What people call a collection: its name, else its handle.
    func collectionName(_ text: String) throws -> String {
        guard let id = QuipuCausality.RecordID(text: text) else { return text }
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
        var filter = QuipuStorage.RecordFilter()
        filter.kind = "collection"
        try forEachRecord(filter) { record in
            if let name = record.string("name") { names.append(name) }
            return names.count < limit
        }
        return names
    }
}

extension Context {
    var storeEnvironment: QuipuStorage.Environment { environment.stored }
}

extension QuipuStorage.NameUse {
    var json: JSONText { Told.Use(self).json }
    var problem: String { Told.Use(self).problem }
    var advice: String { Told.Use(self).advice }
}

extension QuipuStorage.ClockDifference {
    var json: JSONText { Told.Difference(self).json }
}
