internal import QuipuCausality
internal import QuipuPostgreSQL
internal import QuipuStorage

/// The statements for one archive's log in the database. The caller decides when they run.
struct DatabaseLog {
    /// The archive's row: where its log ends.
    struct State {
        var archive: ArchiveID
        var epoch: UInt128
        var mark: LogMark
        var textCount: Int64
    }

    struct BranchStart {
        var chain: ChainHash
        /// The log's position when the branch start was added.
        var position: Int64
        var mark: UInt128
    }

    struct Entry {
        var chain: ChainHash
        var mark: UInt128
        var body: [UInt8]
    }

    /// Additions of one database transaction.
    struct Addition {
        var entries: [Entry] = []
        var branchStarts: [BranchStart] = []
        var texts: [(hash: ValueHash, json: [UInt8])] = []

        var isEmpty: Bool { entries.isEmpty && branchStarts.isEmpty && texts.isEmpty }
    }

    /// The page size of reads, unless a single transaction is larger.
    private static let pageBytes: Int64 = 4 << 20
    private static let pageRows: Int64 = 1_024
    static let textPartBytes = 256 << 10

    let name: String

    /// - Parameter isLocked: lock the row, so that nobody else appends until the database transaction ends.
    /// - Returns: nil if there is no such archive.
    func state(on connection: Connection, isLocked: Bool = false) throws -> State? {
        let rows =
            try isLocked
            ? connection.run(
                """
                SELECT id, epoch, position, branches, mark, texts FROM quipu.archive WHERE name = $1 FOR UPDATE
                """, .text(name))
            : connection.run(
                "SELECT id, epoch, position, branches, mark, texts FROM quipu.archive WHERE name = $1",
                .text(name))
        guard rows.count > 0 else { return nil }
        guard let id = ArchiveID(bytes: rows.bytes(0, 0)), let epoch = rows.bytes(0, 1).wide,
            let mark = rows.bytes(0, 4).wide
        else { throw LogDamage("its row is not readable") }
        return State(
            archive: id, epoch: epoch,
            mark: LogMark(
                position: try rows.integer(0, 2), branchCount: try rows.integer(0, 3), hash: mark),
            textCount: try rows.integer(0, 5))
    }

    /// Creates a log, unless there is one.
    func create(_ id: ArchiveID, epoch: [UInt8], on connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO quipu.archive (name, id, epoch, position, branches, texts, mark)
            VALUES ($1, $2, $3, 0, 0, 0, $3)
            ON CONFLICT DO NOTHING
            """, .text(name), .bytes(id.bytes), .bytes(epoch))
    }

    /// Whether the log begins with the events that the mark stands for, in this order.
    func contains(_ mark: LogMark, of state: State, on connection: Connection) throws -> Bool {
        if mark.position == 0, mark.branchCount == 0 { return mark.hash == state.epoch }
        let branches = try connection.run(
            "SELECT position, mark FROM quipu.branch_start WHERE archive = $1 AND number = $2", .text(name),
            .integer(mark.branchCount))
        if branches.count > 0, try branches.integer(0, 0) == mark.position {
            return branches.bytes(0, 1).wide == mark.hash
        }
        let entries = try connection.run(
            "SELECT mark FROM quipu.log WHERE archive = $1 AND position = $2", .text(name),
            .integer(mark.position))
        return entries.count > 0 && entries.bytes(0, 0).wide == mark.hash
    }

    func branchStarts(
        after first: Int64, through last: Int64, on connection: Connection
    ) throws -> [BranchStart] {
        if first >= last { return [] }
        let rows = try connection.run(
            """
            SELECT chain, position, mark
            FROM quipu.branch_start
            WHERE archive = $1 AND number > $2 AND number <= $3
            ORDER BY number
            """, .text(name), .integer(first), .integer(last))
        return try (0..<rows.count).map { row in
            guard let chain = ChainHash(bytes: rows.bytes(row, 0)), let mark = rows.bytes(row, 2).wide else {
                throw LogDamage("a branch start is not readable")
            }
            return BranchStart(chain: chain, position: try rows.integer(row, 1), mark: mark)
        }
    }

    /// The next entries after a position, without gaps: some of them, and none only at the end.
    func entries(after first: Int64, through last: Int64, on connection: Connection) throws -> [Entry] {
        let rows = try connection.run(
            """
            SELECT position, chain, mark, body
            FROM (
                SELECT position, chain, mark, body, sum(octet_length(body)) OVER (ORDER BY position) AS total
                FROM quipu.log
                WHERE archive = $1 AND position > $2 AND position <= $3
            ) AS page
            WHERE total <= $4 OR position = $2 + 1
            ORDER BY position
            """, .text(name), .integer(first), .integer(min(last, first + Self.pageRows)),
            .integer(Self.pageBytes))
        return try (0..<rows.count).map { row in
            guard let chain = ChainHash(bytes: rows.bytes(row, 1)), let mark = rows.bytes(row, 2).wide,
                try rows.integer(row, 0) == first + Int64(row) + 1
            else { throw LogDamage("position \(first + Int64(row) + 1) is missing or not readable") }
            return Entry(chain: chain, mark: mark, body: rows.bytes(row, 3))
        }
    }

    /// The stored texts with these hashes.
    func textsHeld(among hashes: [ValueHash], on connection: Connection) throws -> [ValueHash] {
        let rows = try connection.run(
            "SELECT hash FROM quipu.text WHERE archive = $1 AND part = 0 AND hash = ANY ($2)", .text(name),
            .listOfBytes(hashes.map(\.bytes)))
        return (0..<rows.count).compactMap { ValueHash(bytes: rows.bytes($0, 0)) }
    }

    func text(_ hash: ValueHash, on connection: Connection) throws -> [UInt8] {
        let rows = try connection.run(
            "SELECT json FROM quipu.text WHERE archive = $1 AND hash = $2 ORDER BY part", .text(name),
            .bytes(hash.bytes))
        return (0..<rows.count).flatMap { rows.bytes($0, 0) }
    }

    /// Appends to the log in the current database transaction.
    ///
    /// - Parameters:
    ///   - old: the expected end of the log.
    ///   - new: its end afterwards.
    /// - Throws: `ConcurrentAppendError` if it ends elsewhere.
    func append(
        _ addition: Addition, from old: LogMark, to new: LogMark, on connection: Connection
    ) throws {
        // A second writer waits here until the first has committed, and then finds another mark.
        let moved = try connection.run(
            """
            UPDATE quipu.archive
            SET position = position + $3, branches = branches + $4, texts = texts + $5, mark = $6
            WHERE name = $1 AND mark = $2
            RETURNING position
            """, .text(name), .bytes(old.hash.bytes), .integer(addition.entries.count),
            .integer(addition.branchStarts.count), .integer(addition.texts.count), .bytes(new.hash.bytes))
        guard moved.count == 1, try moved.integer(0, 0) == new.position else { throw ConcurrentAppendError() }
        try connection.insert(
            "INSERT INTO quipu.branch_start (archive, number, chain, position, mark) VALUES",
            rows: addition.branchStarts.enumerated().map { index, start in
                [
                    .text(name), .integer(old.branchCount + Int64(index) + 1), .bytes(start.chain.bytes),
                    .integer(start.position), .bytes(start.mark.bytes),
                ]
            })
        try connection.insert(
            "INSERT INTO quipu.log (archive, position, chain, mark, body) VALUES",
            rows: addition.entries.enumerated().map { index, entry in
                [
                    .text(name), .integer(old.position + Int64(index) + 1), .bytes(entry.chain.bytes),
                    .bytes(entry.mark.bytes), .bytes(entry.body),
                ]
            })
        for text in addition.texts {
            let starts = stride(from: 0, to: text.json.count, by: Self.textPartBytes)
            try connection.insert(
                "INSERT INTO quipu.text (archive, hash, part, json) VALUES",
                rows: starts.enumerated().map { part, start in
                    [
                        .text(name), .bytes(text.hash.bytes), .integer(part),
                        .bytes(Array(text.json[start..<min(start + Self.textPartBytes, text.json.count)])),
                    ]
                }, "ON CONFLICT DO NOTHING")
        }
    }
}

extension [UInt8] {
    /// Sixteen bytes as a big-endian number.
    var wide: UInt128? { count == 16 ? reduce(0) { $0 << 8 | UInt128($1) } : nil }
}

extension UInt128 {
    /// Sixteen bytes, big-endian.
    var bytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
