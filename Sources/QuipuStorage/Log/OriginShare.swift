public import QuipuCausality
internal import QuipuSQLite

/// The amount that a replica has written to an archive.
public struct OriginShare: Sendable {
    public var origin: Origin
    /// Under which it wrote last.
    public var author: String
    public var transactions: Int
    /// Of its transactions and of the values that they gave, as far as their texts are here and as they are kept: an old
    /// text may be compressed.
    public var bytes: Int
}

extension Log {
    /// What each replica has written, most bytes first.
    public func sharesByOrigin() throws -> [OriginShare] {
        var bytes: [Int64: Int64] = [:]
        func add(_ sql: StaticString) throws {
            var rows = try database.rows(sql)
            while try rows.next() { bytes[rows.integer(0), default: 0] += rows.integer(1) }
        }
        // Texts that records show count for who made the record, others for whose value came first.
        try add(
            """
            SELECT log.origin, sum(length(CAST(record.fields AS BLOB)))
            FROM record JOIN log ON log.position = record.base
            GROUP BY log.origin
            """)
        try add(
            """
            SELECT log.origin, sum(length(CAST(text.json AS BLOB)))
            FROM text
            JOIN log ON log.position = (SELECT min(position) FROM version WHERE version.value = text.hash)
            GROUP BY log.origin
            """)
        var found: [OriginShare] = []
        var rows = try database.rows(
            """
            SELECT origin.row, origin.id, written.count, written.bytes, author.text
            FROM (
                SELECT origin, count(*) AS count, sum(length(body)) AS bytes, max(position) AS last
                FROM log
                GROUP BY origin
            ) AS written
            JOIN origin ON origin.row = written.origin
            JOIN log ON log.position = written.last
            JOIN author ON author.row = log.author
            """)
        while try rows.next() {
            guard let origin = Origin(bytes: rows.bytes(1)) else {
                throw StorageError.damaged(database.path, "its vector is not readable")
            }
            found.append(
                OriginShare(
                    origin: origin, author: rows.text(4), transactions: Int(rows.integer(2)),
                    bytes: Int(rows.integer(3) + (bytes[rows.integer(0)] ?? 0))))
        }
        return found.sorted { ($1.bytes, $0.origin) < ($0.bytes, $1.origin) }
    }
}
