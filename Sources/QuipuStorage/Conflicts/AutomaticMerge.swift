internal import QuipuCanonicalJSON
public import QuipuCausality
internal import QuipuSQLite

/// A text that was merged without asking.
public struct AutomaticMerge: Sendable, Equatable {
    public var id: RecordID
    public var kind: String
    public var field: String
    public var version: TransactionName
}

/// Merges of texts that are in conflict.
public struct Merging: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var merging: Merging { Merging(archive: archive) }
}

extension Merging {
    /// The number of open conflicts, the newest, whose texts a round tries to merge.
    static let mostMergesTried = 1_000

    /// The number of bytes of text after which a round stops merging.
    static let mostBytesTried = 16 << 20

    /// Merges the texts of open conflicts that may be merged without asking: the collections of the record say so
    /// (`isMergedAutomatically`), the two versions are made by hand, and this replica wrote one of them. Others
    /// hold the conflict too; if everyone who does merged it, that would be much traffic for one version.
    ///
    /// Merges are made by the program and replace what they merged. Two replicas that merge the same versions make
    /// twins, and a version by hand that replaces both replaces the merge too, so nobody's decision is preceded.
    ///
    /// *Wrote* means: under the origin that this replica writes under now. One that has begun a fresh origin since
    /// leaves the merge to the other author, or to people.
    /// - Parameter author: who is at this replica; asked for when there is something to merge.
    public func mergeByPolicy(author: @autoclosure () throws -> String) throws -> [AutomaticMerge] {
        try mergeByPolicy(triesInARound: Self.mostMergesTried, author: author)
    }

    func mergeByPolicy(triesInARound tries: Int, author: () throws -> String) throws -> [AutomaticMerge] {
        var merged: [AutomaticMerge] = []
        while true {
            // Merging takes its time, so it is done before the archive is locked.
            let round = try reading { try readyMerges(tries: tries) }
            if round.ready.isEmpty { return merged }
            let author = try author()
            let written = try writing { writer in try round.ready.compactMap { try write($0, writer, author) }
            }
            merged += written
            // What was merged makes room for the next newest. Where nothing was, nothing will be.
            if !round.isCut || written.isEmpty { return merged }
        }
    }

    /// Whether there may be conflicts to merge that `mergeByPolicy` has not looked at: something came into the log since
    /// an agreement, before which it had looked at all there were.
    public func mayHaveMore(since agreement: Agreement?) throws -> Bool {
        guard let agreement else { return true }
        return try position != agreement.ownPosition
    }

    private func write(_ merge: ReadyMerge, _ writer: Writer, _ author: String) throws -> AutomaticMerge? {
        let record = try recordStates.record(row: merge.record)
        let heads = try recordStates.heads(of: merge.field, in: record)
        guard Set(heads.map(\.key)) == merge.heads, !record.flags.contains(.isDeleted) else { return nil }
        let change = FieldChange(
            field: merge.field, value: .text(merge.json), replaces: try writer.names(of: heads))
        let version = try writer.append(
            [RecordChanges(id: record.id, kind: record.kind, fields: [change])], author: author,
            isByProgram: true)
        return AutomaticMerge(id: record.id, kind: record.kind, field: merge.field, version: version)
    }

    /// A merge that can be written as long as the heads are these.
    private struct ReadyMerge {
        var record: Int64
        var field: String
        var heads: Set<VersionKey>
        var json: [UInt8]
    }

    /// - Returns: what can be merged, and whether there are conflicts beyond those that were looked at.
    private func readyMerges(tries: Int) throws -> (ready: [ReadyMerge], isCut: Bool) {
        // Where no collection ever had a policy, the conflicts need not be looked at.
        guard try interning.knownNameRow("merge", in: database) != nil else { return ([], false) }
        let own = try origin
        var ready: [ReadyMerge] = []
        var bytes = 0
        let newest = try newestConflicts(atMost: tries)
        var isCut = newest.count == tries
        for (row, fieldRow) in newest {
            let record = try recordStates.record(row: row)
            let field = try interning.name(fieldRow, in: database)
            guard Kinds.known[record.kind]?[field]?.isProse == true, try isMergedAutomatically(record)
            else { continue }
            let versions = try recordStates.versions(of: field, row: fieldRow, in: record).versions
            let heads = versions.heads
            guard heads.count == 2, heads.allSatisfy(\.isByHand),
                try heads.contains(where: { try log.name(at: $0.representative.position).origin == own })
            else { continue }
            guard bytes <= Self.mostBytesTried else {
                isCut = true
                break
            }
            for head in heads {
                bytes +=
                    try recordStates.text(of: head, visible: versions.visible, field: field, in: record)?
                    .count ?? 0
            }
            guard case .text(let json) = try proposal(of: versions, field: field, in: record) else {
                continue
            }
            ready.append(
                ReadyMerge(record: row, field: field, heads: Set(heads.map(\.key)), json: json))
        }
        return (ready, isCut)
    }

    /// Conflicts over fields, by when this replica got the last of their versions.
    private func newestConflicts(atMost count: Int) throws -> [(record: Int64, field: Int64)] {
        var found: [(record: Int64, field: Int64)] = []
        var rows = try database.rows(
            """
            SELECT conflict.record, conflict.field, max(version.position) AS newest
            FROM conflict
            JOIN version ON version.record = conflict.record AND version.field = conflict.field
            WHERE version.flags & 4
            GROUP BY conflict.record, conflict.field
            ORDER BY newest DESC, conflict.field
            LIMIT ?
            """, .integer(count))
        while try rows.next() { found.append((rows.integer(0), rows.integer(1))) }
        return found
    }

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
