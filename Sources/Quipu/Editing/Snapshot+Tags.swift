internal import QuipuCanonicalJSON
internal import QuipuStorage

extension Snapshot {
    /// The tags that records have, and how many have each, deleted records left out. In the order of the tags.
    ///
    ///     for (tag, count) in try archive.read({ try $0.tagCounts() }) { print(tag, count) }
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func tagCounts() throws(QuipuError) -> [(tag: String, count: Int)] {
        try QuipuError.presenting {
            try store.records.elementCounts(of: "tags").map { (tag: $0.element, count: $0.count) }
        }
    }
}

extension Snapshot {
    /// How many records are in each collection, deleted ones left out; by the collection's UUID.
    package func collectionCounts() throws(QuipuError) -> [String: Int] {
        try QuipuError.presenting {
            Dictionary(
                uniqueKeysWithValues: try store.records.elementCounts(of: "collections").map {
                    ($0.element, $0.count)
                })
        }
    }
}

extension Transaction {
    /// Gives the records that have any of these tags another tag instead. Deleted records keep theirs.
    ///
    ///     try archive.write { t in try t.replaceTags(["river", "rivers"], with: "water") }
    ///
    /// - Returns: the records that had one of the tags, in the order of their creation.
    /// - Throws: `wrongType` for what is no tag; `tooLarge` when the transaction is written.
    @discardableResult
    public mutating func replaceTags(_ tags: [String], with tag: String) throws(QuipuError) -> [RecordID] {
        try QuipuError.presenting {
            let (tags, tag) = (tags.map(\.nfc), tag.nfc)
            var fields = Fields()
            fields.tags.insert(tag)
            try check(fields, of: .article)
            var changed: [RecordID] = []
            var seen: Set<RecordID> = []
            for old in tags where old != tag {
                try before.forEachRecord(RecordFilter(tag: old)) { record in
                    let isFirst = seen.insert(record.id).inserted
                    if isFirst { changed.append(record.id) }
                    let isThere =
                        !isFirst || record.fields.json(of: Fields.tagPrefix + tag) == Value.bool(true).json
                    let added = isThere ? [] : [(Fields.tagPrefix + tag, Value.bool(true).json)]
                    try put([(Fields.tagPrefix + old, Value.bool(false).json)] + added, into: record.id)
                    return true
                }
            }
            return changed
        }
    }
}
