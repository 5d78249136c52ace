public import QuipuCausality
internal import QuipuSQLite

/// A content that a record shows, or offers in a conflict.
public struct NeededBlob: Sendable, Equatable {
    public let hash: BlobHash
    /// What records say of its size, the largest of it; nil where none does.
    public fileprivate(set) var sizeBytes: UInt64?
    /// Whether a sync fetches it by default.
    public fileprivate(set) var isFetched: Bool
}

extension Blobs {
    /// The contents that the attachments which are not deleted show, and those that a conflict over one offers.
    /// Sorted.
    public func needed() throws -> [NeededBlob] {
        let policy = try policy()
        var found: [BlobHash: NeededBlob] = [:]
        do {
            try forEachRecord(ofKind: Attachment.kind) { record in
                guard !record.flags.contains(.isDeleted) || record.flags.contains(.isInConflict) else {
                    return
                }
                let size = record.fields["sizeBytes"].flatMap { Attachment.size($0) }
                let isFetched = try isFetched(record, by: policy)
                for hash in try headHashes(of: record) {
                    var blob = found[hash] ?? NeededBlob(hash: hash, sizeBytes: size, isFetched: isFetched)
                    if let size { blob.sizeBytes = max(blob.sizeBytes ?? 0, size) }
                    blob.isFetched = blob.isFetched || isFetched
                    found[hash] = blob
                }
            }
        }
        return found.values.sorted { $0.hash < $1.hash }
    }

    /// All contents that some version names whose text is still here: what is shown, what a conflict offers, what
    /// `revert` or `restore` can bring back. Nil where the text of such a version may come back, so that nobody
    /// knows what it names.
    ///
    /// - Parameter isCounted: which records count.
    func referenced(in isCounted: (RecordState) -> Bool = { _ in true }) throws -> Set<BlobHash>? {
        guard let field = try interning.knownNameRow(Attachment.hashField, in: database) else { return [] }
        let isIncomplete = try database.integer(
            "SELECT EXISTS (SELECT 1 FROM missing WHERE field = ?)", .integer(field))
        if isIncomplete == 1 { return nil }
        var found: Set<BlobHash> = []
        for kind in try kindsWithBlobs() {
            try forEachRecord(ofKind: kind) { record in
                guard isCounted(record) else { return }
                if let shown = record.fields[Attachment.hashField].flatMap({ Attachment.hash($0) }) {
                    found.insert(shown)
                }
                guard record.flags.contains(.hasVersions) else { return }
                // The name of a content is too short to be compressed, and what is compressed is none.
                var rows = try database.rows(
                    """
                    SELECT DISTINCT text.json
                    FROM version JOIN text ON text.hash = version.value
                    WHERE version.record = ? AND version.field = ?
                    """, .integer(record.row), .integer(field))
                while try rows.next() {
                    if let hash = Attachment.hash(rows.bytes(0)) { found.insert(hash) }
                }
            }
        }
        return found
    }

    /// Kinds that this version knows to name no contents are left out; other kinds may name some.
    private func kindsWithBlobs() throws -> [String] {
        let others = Set(Kinds.known.names).subtracting([Attachment.kind])
        var found: [String] = []
        var rows = try database.rows(
            "SELECT DISTINCT name.text FROM record JOIN name ON name.row = record.kind ORDER BY name.text")
        while try rows.next() { if !others.contains(rows.text(0)) { found.append(rows.text(0)) } }
        return found
    }

    private func headHashes(of record: RecordState) throws -> Set<BlobHash> {
        var found: Set<BlobHash> = []
        if let shown = record.fields[Attachment.hashField].flatMap({ Attachment.hash($0) }) {
            found.insert(shown)
        }
        guard record.flags.contains(.isInConflict) else { return found }
        for head in try recordStates.heads(of: Attachment.hashField, in: record) {
            if let text = try texts.hidden(head.value), let hash = Attachment.hash(text) {
                found.insert(hash)
            }
        }
        return found
    }

    private func isFetched(_ record: RecordState, by policy: BlobPolicy) throws -> Bool {
        guard case .collections(let ids) = policy else { return policy == .all }
        // An attachment may hang on an annotation of an article.
        var place = record
        for _ in 0..<3 {
            for id in ids where place.fields["collections/" + id.text] == JSONLiteral.true { return true }
            guard let target = place.fields["target"].flatMap(RecordID.init(canonicalText:)),
                let row = try database.integer(
                    "SELECT row FROM record WHERE handle = ? AND id = ? ORDER BY row LIMIT 1",
                    .integer(target.handle), .blob(target.bytes))
            else { return false }
            place = try recordStates.record(row: row)
        }
        return false
    }

    private func forEachRecord(ofKind kind: String, _ visit: (RecordState) throws -> Void) throws {
        guard let row = try interning.knownNameRow(kind, in: database) else { return }
        var last: Int64 = 0
        while true {
            var page: [Int64] = []
            do {
                var rows = try database.rows(
                    "SELECT row FROM record WHERE kind = ? AND row > ? ORDER BY row LIMIT 256", .integer(row),
                    .integer(last))
                while try rows.next() { page.append(rows.integer(0)) }
            }
            guard let end = page.last else { return }
            for row in page { try visit(try recordStates.record(row: row)) }
            last = end
        }
    }
}
