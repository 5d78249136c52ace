public import Causality
internal import SQLite

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

extension Store {
    /// The digest of the records in a range, from their heads as they are kept, and how many these are.
    public func digest(of range: HandleRange) throws -> (digest: Digest, headCount: Int) {
        var digest = Digest()
        var count = 0
        for row in try rows(in: range) {
            let record = try record(row: row)
            for fieldRow in try fieldRows(of: record) {
                let field = try interning.name(fieldRow, in: database)
                for head in try versions(of: field, row: fieldRow, in: record).versions.heads {
                    count += 1
                    digest.add(
                        Digest.term(
                            record: record.id, kind: record.kind, field: field, key: head.key,
                            value: head.value))
                }
            }
        }
        return (digest, count)
    }

    /// Ids and kinds of the records in a range, in the order in which they came.
    public func records(in range: HandleRange) throws -> [(id: RecordID, kind: String)] {
        try rows(in: range).map { row in
            let record = try record(row: row)
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
}
