internal import CanonicalJSON
public import Causality
internal import SQLite

extension Store {
    /// Values whose text this replica wants and has not got, with how many bytes of each are here already.
    public func wantedTexts(limit: Int) throws -> [(hash: ValueHash, haveBytes: Int)] {
        var found: [ValueHash] = []
        do {
            var rows = try database.rows(
                "SELECT DISTINCT hash FROM missing ORDER BY hash LIMIT ?", .integer(limit))
            while try rows.next() { if let hash = ValueHash(bytes: rows.bytes(0)) { found.append(hash) } }
        }
        return try found.map { ($0, try local.partSize(of: $0)) }
    }

    /// The text of a value by its hash, wherever it stands; nil when it is not held.
    public func text(of hash: ValueHash) throws -> [UInt8]? {
        if let text = try hiddenText(hash) { return text }
        // A visible text stands in its record. Long or contested ones have rows that say which; a plain one is
        // found through the transactions that travel with it, so that only long plain texts are searched for.
        var rows = try database.rows(
            "SELECT record, field FROM version WHERE value = ? AND flags & 8 LIMIT 1", .blob(hash.bytes))
        if try rows.next() {
            let record = try self.record(row: rows.integer(0))
            return record.fields[try interning.name(rows.integer(1), in: database)]
        }
        return try longPlainText(of: hash)
    }

    private func longPlainText(of hash: ValueHash) throws -> [UInt8]? {
        var rows = try database.rows(
            "SELECT fields FROM record WHERE length(CAST(fields AS BLOB)) > ?",
            .integer(Limits.inlineValueBytes))
        while try rows.next() {
            guard let fields = rows.withBytes(0, { VisibleFields(parsing: $0) }) else { continue }
            for member in fields.members
            where member.json.count > Limits.inlineValueBytes && ValueHash(of: member.json) == hash {
                return member.json
            }
        }
        return nil
    }

    /// Takes a piece of a wanted text. When it is the last one the text is checked against its hash and put in
    /// place.
    /// - Throws: `StorageError.damaged` when the whole does not have the hash: its pieces are dropped.
    public func addTextPart(_ bytes: [UInt8], of hash: ValueHash, at offset: Int, totalBytes: Int) throws {
        guard totalBytes <= Limits.valueBytes, offset + bytes.count <= totalBytes,
            try database.integer("SELECT EXISTS (SELECT 1 FROM missing WHERE hash = ?)", .blob(hash.bytes))
                == 1
        else { return }
        do {
            guard offset == (try local.partSize(of: hash)) else { return }
            if offset + bytes.count < totalBytes {
                try local.addPart(bytes, of: hash, at: offset)
                return
            }
            let whole = try local.takeParts(of: hash) + bytes
            guard ValueHash(of: whole) == hash, isCanonicalJSON(whole) else {
                try local.dropParts(of: hash)
                throw StorageError(
                    .damaged, "a text that was received is not the one it claims to be",
                    hint: "sync again, or with another mirror; nothing was kept of it")
            }
            try writing { try $0.put(whole, of: hash) }
            try local.dropParts(of: hash)
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }
}

extension Writer {
    /// Puts a text in place wherever a head lacks it.
    fileprivate func put(_ text: [UInt8], of hash: ValueHash) throws {
        var places: [(record: Int64, field: Int64)] = []
        do {
            var rows = try database.rows(
                "SELECT record, field FROM missing WHERE hash = ?", .blob(hash.bytes))
            while try rows.next() { places.append((rows.integer(0), rows.integer(1))) }
        }
        for (row, field) in places {
            var record = try store.record(row: row)
            let name = try store.interning.name(field, in: database)
            var stored = try store.versions(of: name, row: field, in: record)
            let visible = stored.versions.visible
            try settle(
                &stored, before: visible, incoming: (hash, text), field: name, row: field, record: &record)
            try save(record)
        }
    }
}
