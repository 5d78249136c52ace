internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuSQLite

extension Merging {
    /// Whether the prose of a record is merged without asking: a collection that it belongs to says `automatic`,
    /// and none says `manual`. A record that is in no collection is merged by people.
    ///
    /// A collection's own prose goes by its own word, that of an annotation or a note by the collections of what
    /// it hangs on. Deleted collections have no say, and nothing is merged under a deleted article.
    func isMergedAutomatically(_ record: RecordState) throws -> Bool {
        if record.kind == "collection" { return policy(of: record) == .automatic }
        let owners = try record.fields["target"].flatMap(RecordID.init(canonicalText:)).map {
            try records($0)
        }
        let words = try (owners ?? [record]).flatMap { try policies(over: $0) }
        return words.contains(.automatic) && !words.contains(.manual)
    }

    private enum Policy: String {
        case automatic
        case manual
    }

    private func policy(of collection: RecordState) -> Policy? {
        collection.fields["merge"].flatMap { decodeString($0) }.flatMap(Policy.init(rawValue:))
    }

    private func policies(over record: RecordState) throws -> [Policy] {
        if record.flags.contains(.isDeleted) { return [] }
        let prefix = "collections/"
        return try record.fields.members.compactMap { member in
            guard member.name.hasPrefix(prefix), member.json == JSONLiteral.true,
                let id = RecordID(text: String(member.name.dropFirst(prefix.count))),
                let collection = try recordStates.record(id, kind: "collection"),
                !collection.flags.contains(.isDeleted)
            else { return nil }
            return policy(of: collection)
        }
    }

    /// The records with an id, of whatever kind.
    private func records(_ id: RecordID) throws -> [RecordState] {
        var found: [Int64] = []
        do {
            var rows = try database.rows(
                "SELECT row FROM record WHERE handle = ? AND id = ? ORDER BY row", .integer(id.handle),
                .blob(id.bytes))
            while try rows.next() { found.append(rows.integer(0)) }
        }
        return try found.map { try recordStates.record(row: $0) }
    }
}
