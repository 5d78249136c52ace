internal import QuipuCanonicalJSON
public import QuipuCausality
internal import QuipuNaturalKeys
internal import QuipuSQLite

/// The collections of an archive by their names.
public struct Collections: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var collections: Collections { Collections(archive: archive) }
}

extension Collections {
    /// The collections that a name leads to, with the id that goes first: those that show it; else those that have it in
    /// an open conflict. One name is one collection, but an earlier version could make two of one name, and a change of
    /// name can.
    /// - Returns: by their ids, deleted ones last.
    public func ids(named name: String) throws -> [RecordID] {
        let wanted = NormalisedText.normalise(name)
        guard !wanted.isEmpty, let kind = try interning.knownNameRow("collection", in: database) else {
            return []
        }
        var rows: [Int64] = []
        do {
            var found = try database.rows(
                "SELECT row FROM record WHERE kind = ? ORDER BY row", .integer(kind))
            while try found.next() { rows.append(found.integer(0)) }
        }
        var shown: [RecordState] = []
        var contested: [RecordState] = []
        for row in rows {
            let record = try recordStates.record(row: row)
            if record.fields["name"].flatMap({ decodeString($0) }).map(NormalisedText.normalise) == wanted {
                shown.append(record)
            } else if record.flags.contains(.isInConflict),
                try Candidate(record, in: archive).standing("name").contains(where: {
                    decodeString($0).map(NormalisedText.normalise) == wanted
                })
            {
                contested.append(record)
            }
        }
        return (shown.isEmpty ? contested : shown).sorted {
            let (left, right) = ($0.flags.contains(.isDeleted), $1.flags.contains(.isDeleted))
            return left == right ? $0.id < $1.id : right
        }.map(\.id)
    }

    /// The names of those that are not deleted, in the order in which they came.
    func names(limit: Int = 1_000) throws -> [String] {
        var names: [String] = []
        var filter = RecordFilter()
        filter.kind = "collection"
        try records.forEach(filter) { record in
            if let name = record.string("name") { names.append(name) }
            return names.count < limit
        }
        return names
    }

    /// The collection that has a name now; nil when there is none, or only a deleted one.
    public func id(named name: String) throws -> RecordID? {
        try ids(named: name).first { try records.view($0, kind: "collection")?.isDeleted == false }
    }

    /// The id that a new collection of a name gets, by hand as by an import, so that it is one wherever it is made: the
    /// first that the name implies and no other collection has, which had the name once.
    public func newID(named name: String) throws -> RecordID {
        let key = NaturalKey(.name, NormalisedText.normalise(name), kind: "collection", in: id)
        var number = 1
        while try recordStates.recordRow(key.recordID(number), kind: "collection") != nil { number += 1 }
        return key.recordID(number)
    }

    /// The collections of a name, of which the first takes what is imported; made by the program if there is none.
    /// - Throws: `StorageError.deleted` when there are only deleted ones: an import never restores.
    /// - Parameter restoresDeleted: whether a deleted one is restored.
    public func importAll(
        named name: String, author: String, restoresDeleted: Bool = false
    ) throws -> [RecordID] {
        try writing { writer in
            let known = try ids(named: name)
            guard let first = known.first else {
                let made = ImportItem(
                    id: try newID(named: name), kind: "collection",
                    fields: [("name", canonicalString(WhiteSpace.trimmed(name).nfc))])
                try archive.keyIndex.bringUpToDate(through: writer.position)
                var batch = try ImportBatch(writer: writer, author: author, run: ImportRun())
                try batch.add(made)
                try batch.finish()
                return batch.outcomes.map(\.effect.id)
            }
            guard try recordStates.record(first, kind: "collection")?.flags.contains(.isDeleted) == false
            else {
                if restoresDeleted {
                    let change = try editing.restoration(of: first, kind: "collection", writer)
                    try writer.append([change], author: author, isByProgram: false)
                    return known
                }
                throw StorageError(
                    .deleted, "the collection '\(name)' is deleted",
                    remedy: Remedy(.restoreFirst, first.shortHandle))
            }
            return known
        }
    }

    /// Likewise, the one that takes what is imported.
    public func importOne(named name: String, author: String) throws -> RecordID {
        try importAll(named: name, author: author)[0]
    }

    /// Names that several collections show, with these.
    public func sharingNames() throws -> [(name: String, ids: [RecordID])] {
        var byName: [String: [RecordID]] = [:]
        var filter = RecordFilter()
        filter.kind = "collection"
        try records.forEach(filter) { record in
            if let name = record.string("name") {
                byName[NormalisedText.normalise(name), default: []].append(record.id)
            }
            return true
        }
        return byName.filter { $0.value.count > 1 }.map { (name: $0.key, ids: $0.value.sorted()) }
            .sorted { $0.name.utf8Precedes($1.name) }
    }
}
