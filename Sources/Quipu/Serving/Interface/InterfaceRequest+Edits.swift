internal import QuipuCanonicalJSON
internal import QuipuHTTPServer
internal import QuipuHosting

extension InterfaceRequest {
    private static let mostEdited = 1_000
    private static let wordsBytes = 200

    /// The same done to many records, as one entry of the log.
    func editRecords() throws -> HTTPResponse {
        _ = try parameters()
        let members = try object(
            members: ["records", "tags", "collections", "delete", "restore", "mergeInto", "words"])
        func member(_ name: String) -> JSONValue? { members.first { $0.name == name }?.value }
        let names = try Self.names(member("records"))
        let tags = try Self.elements(member("tags"), "tags")
        let collections = try Self.elements(member("collections"), "collections")
        let (deletes, restores) = (member("delete") == .bool(true), member("restore") == .bool(true))
        let work = [!tags.isEmpty || !collections.isEmpty, deletes, restores, member("mergeInto") != nil]
            .count { $0 }
        guard work == 1, deletes == (member("delete") != nil), restores == (member("restore") != nil) else {
            throw Self.unsuitable("it does not say one of: tags or collections, delete, restore, mergeInto")
        }
        if let keep = member("mergeInto") {
            return try mergeRecords(names, into: keep, words: words(member("words")))
        }
        let words = try words(member("words")) ?? Self.words(tags, collections, deletes, restores)
        let (count, outcome) = try archive.edit(words) { t in
            var seen: Set<RecordID> = []
            for name in names {
                let record = try t.find(name)
                guard seen.insert(record.id).inserted else { continue }
                if deletes {
                    try t.delete(record.id)
                } else if restores {
                    try t.restore(record.id)
                } else {
                    var values: [(name: String, json: [UInt8])] = []
                    for (name, isIn) in tags.map({ ("tags/\($0.name)", $0.isIn) })
                        + collections.map({ ("collections/\($0.name)", $0.isIn) })
                    {
                        try QuipuError.presenting { try Transaction.checkTag(name.inNormalFormC) }
                        let value = try t.typed(
                            .json(Value.bool(isIn).json), for: name.inNormalFormC, of: record.kind)
                        try RecordPatch.requireNew(value.name, in: values, given: name)
                        values.append(value)
                    }
                    // What is so already is not said again.
                    let news = values.filter { value in
                        let isIn = record.fields.json(of: value.name) == Value.bool(true).json
                        return isIn != (value.json == Value.bool(true).json)
                    }
                    if !news.isEmpty { try t.set(news, of: record.id) }
                }
            }
            return seen.count
        }
        return try written(outcome.version, count: count)
    }

    private func mergeRecords(_ names: [String], into keep: JSONValue, words: String?) throws -> HTTPResponse
    {
        guard let keep = keep.string, (1...1_024).contains(keep.utf8.count) else {
            throw Self.unsuitable("'mergeInto' is no id")
        }
        let (count, outcome) = try archive.edit(words ?? "merge") { t in
            let others = try names.map { try t.find($0).id }
            try t.merge(others, into: try t.find(keep).id)
            return others.count
        }
        return try written(outcome.version, count: count)
    }

    private static func names(_ value: JSONValue?) throws -> [String] {
        guard let elements = value?.array, (1...mostEdited).contains(elements.count) else {
            throw unsuitable("'records' is no list of 1 to \(mostEdited) ids")
        }
        return try elements.map { element in
            guard let name = element.string, (1...1_024).contains(name.utf8.count) else {
                throw unsuitable("'records' has something that is no id")
            }
            return name
        }
    }

    private static func elements(
        _ value: JSONValue?, _ set: String
    ) throws -> [(name: String, isIn: Bool)] {
        guard let value else { return [] }
        guard let members = value.members, members.count <= 100 else {
            throw unsuitable("'\(set)' is no object of at most 100 members")
        }
        return try members.map { member in
            guard let isIn = member.value.bool else {
                throw unsuitable("'\(set)' has '\(member.name.prefix(64))', which is neither true nor false")
            }
            return (member.name, isIn)
        }
    }

    private func words(_ value: JSONValue?) throws -> String? {
        guard let value else { return nil }
        guard let words = value.string, words.utf8.count <= Self.wordsBytes,
            !words.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw Self.unsuitable("'words' is no line of at most \(Self.wordsBytes) bytes") }
        return words
    }

    private static func words(
        _ tags: [(name: String, isIn: Bool)], _ collections: [(name: String, isIn: Bool)], _ deletes: Bool,
        _ restores: Bool
    ) -> String {
        if deletes { return "delete" }
        if restores { return "restore" }
        let marks = tags.map { ($0.isIn ? "+" : "-") + $0.name }
        let text = marks.isEmpty ? "" : "tag " + marks.joined(separator: " ")
        return text.isEmpty || text.utf8.count > wordsBytes ? "change tags or collections" : text
    }
}
