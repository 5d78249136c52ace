internal import QuipuCBOR
public import QuipuCausality
internal import QuipuSQLite

/// Records by their handles, the last 40 bits of their ids: what two replicas compare to find where their digests
/// part.
public struct HandleRange: Sendable, Hashable {
    public var first: Int64
    public var last: Int64

    public static let all = HandleRange(first: 0, last: 1 << 40 - 1)

    public init(first: Int64, last: Int64) {
        self.first = first
        self.last = last
    }

    /// At most as many ranges of about one size, which together are this one.
    public func split(into count: Int64) -> [HandleRange] {
        let step = (last - first) / count + 1
        return stride(from: first, through: last, by: Int64.Stride(step)).map {
            HandleRange(first: $0, last: min(last, $0 + step - 1))
        }
    }
}

/// The digests of the records in a range, and the number of their heads.
public struct RangeContent: Sendable, Equatable {
    /// Of their heads, as they are kept.
    public var digest = Digest()
    public var headCount = 0
    /// Of what they show: that follows from the heads as well, and is kept beside them.
    public var contentDigest = Digest()

    public init() {}
}

/// What two replicas compare to find the records in which they differ.
public struct RecordRanges: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var ranges: RecordRanges { RecordRanges(archive: archive) }
}

extension RecordRanges {
    /// What the records in a range amount to, from what is kept of them.
    public func content(of range: HandleRange) throws -> RangeContent {
        var content = RangeContent()
        for row in try rows(in: range) {
            let record = try recordStates.record(row: row)
            let isDeleted = record.fields["deleted"] == JSONLiteral.true
            for fieldRow in try recordStates.fieldRows(of: record) {
                let field = try interning.name(fieldRow, in: database)
                let versions = try recordStates.versions(of: field, row: fieldRow, in: record).versions
                for head in versions.heads {
                    content.headCount += 1
                    content.digest.add(
                        Digest.term(
                            record: record.id, kind: record.kind, field: field, key: head.key,
                            value: head.value))
                }
                if isDeleted || field == "deleted" { continue }
                // A text that is not here cannot be shown: then what it would be.
                guard let shown = record.fields[field].map({ ValueHash(of: $0) }) ?? versions.visible?.value
                else { continue }
                content.contentDigest.add(
                    Digest.contentTerm(record: record.id, kind: record.kind, field: field, value: shown))
            }
        }
        return content
    }

    /// Ids and kinds of the records in a range, in the order in which they came.
    public func records(in range: HandleRange) throws -> [(id: RecordID, kind: String)] {
        try rows(in: range).map { row in
            let record = try recordStates.record(row: row)
            return (record.id, record.kind)
        }
    }

    private func rows(in range: HandleRange) throws -> [Int64] {
        var found: [Int64] = []
        var rows = try database.rows(
            "SELECT row FROM record INDEXED BY record_by_handle WHERE handle BETWEEN ? AND ? ORDER BY row",
            .integer(range.first), .integer(range.last))
        while try rows.next() { found.append(rows.integer(0)) }
        return found
    }

    /// What some records show, in a form that is the same wherever the same is held and no text is missing.
    ///
    /// - Parameters:
    ///   - nonce: picks the records.
    ///   - count: of records; one may be picked more than once.
    /// - Returns: deterministic CBOR: an array of `[id, kind, fields]`, the fields as the bytes of their canonical JSON, or
    ///   null of a deleted record. Empty where nothing is asked for.
    public func sample(pickedBy nonce: UInt128, count: Int) throws -> [UInt8] {
        if count == 0 { return [] }
        let rows = try AgreementKey.places(nonce: nonce, count: count).compactMap { place in
            try firstRow(from: RecordID(rawValue: place).handle)
        }
        var writer = CBORWriter(capacityBytes: 16 << 10)
        writer.array(count: rows.count)
        for row in rows {
            let record = try recordStates.record(row: row)
            writer.array(count: 3)
            writer.identifier(record.id)
            writer.text(record.kind)
            if record.flags.contains(.isDeleted) {
                writer.null()
            } else {
                writer.byteString(record.fields.encoded)
            }
        }
        return writer.bytes
    }

    /// Of the records with the least handle that is not below one, else of those with the least of all, the first.
    private func firstRow(from handle: Int64) throws -> Int64? {
        let found =
            try database.integer(
                "SELECT min(handle) FROM record INDEXED BY record_by_handle WHERE handle >= ?",
                .integer(handle))
            ?? database.integer("SELECT min(handle) FROM record INDEXED BY record_by_handle")
        guard let found else { return nil }
        return try database.integer(
            """
            SELECT record.row
            FROM record INDEXED BY record_by_handle
            JOIN name ON name.row = record.kind
            WHERE record.handle = ?
            ORDER BY record.id, name.text
            LIMIT 1
            """, .integer(found))
    }
}
