internal import Glibc
internal import QuipuCanonicalJSON
public import QuipuCausality
internal import QuipuSQLite

/// The texts of values: those that are here, in whatever form, and those that are wanted.
public struct Texts: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var texts: Texts { Texts(archive: archive) }
}

extension Texts {
    /// Values whose text this replica wants and has not got, with how many bytes of each are here already.
    public func wanted(limit: Int) throws -> [(hash: ValueHash, haveBytes: Int)] {
        var found = try missingHashes(from: [], limit: limit + 1)
        if found.count > limit {
            // More than one message asks for. What nobody has must not stand before what a peer has for ever, so
            // half of the places go to texts that are under way, and the rest begin somewhere else each time.
            found = try local.textsUnderWay(limit: limit / 2).filter { try isMissing($0) }
            let pivot = environment.randomBytes(ValueHash.size)
            for hash in try missingHashes(from: pivot, limit: limit) + missingHashes(from: [], limit: limit)
            where found.count < limit && !found.contains(hash) {
                found.append(hash)
            }
        }
        return try found.map { ($0, try local.partSize(of: $0)) }
    }

    private func missingHashes(from first: [UInt8], limit: Int) throws -> [ValueHash] {
        var found: [ValueHash] = []
        var rows = try database.rows(
            "SELECT DISTINCT hash FROM missing WHERE hash >= ? ORDER BY hash LIMIT ?", .blob(first),
            .integer(limit))
        while try rows.next() { if let hash = ValueHash(bytes: rows.bytes(0)) { found.append(hash) } }
        return found
    }

    func isMissing(_ hash: ValueHash) throws -> Bool {
        try database.integer("SELECT EXISTS (SELECT 1 FROM missing WHERE hash = ?)", .blob(hash.bytes)) == 1
    }

    /// The text of a value by its hash, wherever it stands; nil when it is not held.
    public func text(of hash: ValueHash) throws -> [UInt8]? {
        try hidden(hash) ?? shown(hash)
    }

    /// The hash of the value that a transaction gave a field; nil where it gave it none, or that is not told by a row
    /// of its own: whatever was replaced has one.
    public func value(
        of field: String, in record: RecordID, kind: String, by name: TransactionName
    ) throws -> ValueHash? {
        guard let position = try log.locate(name)?.position,
            let row = try recordStates.recordRow(record, kind: kind),
            let field = try interning.knownNameRow(field, in: database),
            let bytes = try database.bytes(
                "SELECT value FROM version WHERE record = ? AND field = ? AND position = ?", .integer(row),
                .integer(field), .integer(position))
        else { return nil }
        return ValueHash(bytes: bytes)
    }

    /// The text of a value by its hash where a field may show it: of a plain one no row tells the hash.
    public func text(
        of hash: ValueHash, shownBy field: String, of record: RecordID, kind: String
    ) throws -> [UInt8]? {
        if let text = try text(of: hash) { return text }
        guard let shown = try recordStates.record(record, kind: kind)?.fields[field],
            ValueHash(of: shown) == hash
        else { return nil }
        return shown
    }

    /// Whether bytes are the text of a value that has a hash.
    public static func isText(_ bytes: [UInt8], of hash: ValueHash) -> Bool {
        ValueHash(of: bytes) == hash && isCanonicalJSON(bytes)
    }

    /// Hashes of wanted texts behind one, in their order.
    package func missing(after hash: ValueHash?, limit: Int) throws -> [ValueHash] {
        var found: [ValueHash] = []
        var rows = try database.rows(
            "SELECT DISTINCT hash FROM missing WHERE hash > ? ORDER BY hash LIMIT ?",
            .blob(hash?.bytes ?? []),
            .integer(limit))
        while try rows.next() { if let hash = ValueHash(bytes: rows.bytes(0)) { found.append(hash) } }
        return found
    }

    /// Long texts of which a part is here.
    public func underWayCount() throws -> Int { try local.textsUnderWay(limit: .max).count }
}

/// A head whose text is not here.
public struct MissingText: Sendable {
    public var record: Record
    public var field: String
}

extension Texts {
    /// Heads whose text is not here: it was lost, has not come yet, or an earlier version forgot it.
    public var missingCount: Int {
        get throws { Int(try database.integer("SELECT count(*) FROM missing") ?? 0) }
    }

    /// Those of them that a record which is not deleted shows or offers.
    public var missingShownCount: Int {
        get throws {
            Int(
                try database.integer(
                    """
                    SELECT count(*)
                    FROM missing JOIN record ON record.row = missing.record
                    WHERE NOT record.state & 2
                    """) ?? 0)
        }
    }

    /// Which they are, those that are shown first.
    public func missing(limit: Int) throws -> [MissingText] {
        var places: [(record: Int64, field: String)] = []
        do {
            var rows = try database.rows(
                """
                SELECT missing.record, name.text
                FROM missing
                JOIN record ON record.row = missing.record
                JOIN name ON name.row = missing.field
                ORDER BY record.state & 2, record.id, name.text
                LIMIT ?
                """, .integer(limit))
            while try rows.next() { places.append((rows.integer(0), rows.text(1))) }
        }
        return try places.map { MissingText(record: try records.view(row: $0.record), field: $0.field) }
    }
}
