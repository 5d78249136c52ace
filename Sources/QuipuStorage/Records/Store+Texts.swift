internal import QuipuCanonicalJSON
public import QuipuCausality
internal import QuipuSQLite

extension Store {
    /// Values whose text this replica wants and has not got, with how many bytes of each are here already.
    public func wantedTexts(limit: Int) throws -> [(hash: ValueHash, haveBytes: Int)] {
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
        try hiddenText(hash) ?? shownText(hash)
    }

    /// The hash of the value that a transaction gave a field; nil where it gave it none, or that is not told by a row
    /// of its own: whatever was replaced has one.
    public func value(
        of field: String, in record: RecordID, kind: String, by name: TransactionName
    ) throws -> ValueHash? {
        guard let position = try locate(name)?.position, let row = try recordRow(record, kind: kind),
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
        guard let shown = try self.record(record, kind: kind)?.fields[field], ValueHash(of: shown) == hash
        else { return nil }
        return shown
    }

    /// Whether bytes are the text of a value that has a hash.
    public static func isText(_ bytes: [UInt8], of hash: ValueHash) -> Bool {
        ValueHash(of: bytes) == hash && isCanonicalJSON(bytes)
    }

    /// Takes a piece of a wanted text. When it is the last one the text is checked against its hash and put in
    /// place.
    /// - Returns: whether more of the text is here than before.
    /// - Throws: `StorageError.unsoundText` when the whole does not have the hash: its pieces are dropped.
    @discardableResult
    public func addTextPart(_ bytes: [UInt8], of hash: ValueHash, at offset: Int, totalBytes: Int) throws
        -> Bool
    {
        // An empty part would take the place of the real one at its offset.
        guard !bytes.isEmpty, totalBytes <= Limits.valueBytes, offset <= totalBytes - bytes.count,
            try isMissing(hash)
        else { return false }
        do {
            guard offset == (try local.partSize(of: hash)) else { return false }
            if offset + bytes.count < totalBytes {
                try local.addPart(bytes, of: hash, at: offset)
                return true
            }
            let whole = try local.takeParts(of: hash) + bytes
            guard Self.isText(whole, of: hash) else {
                try local.dropParts(of: hash)
                throw StorageError(
                    .unsoundText, "a text that was received is not the one it claims to be",
                    hint: "sync again, or with another mirror; nothing was kept of it")
            }
            try place(whole, of: hash)
            return true
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }

    /// Puts a whole text, which has the hash, in place wherever it is wanted.
    private func place(_ text: [UInt8], of hash: ValueHash) throws {
        try writing { try $0.put(text, of: hash) }
        try local.dropParts(of: hash)
    }

    /// Takes a whole text, however much of it is here already.
    /// - Throws: `StorageError.damaged` when it does not have the hash.
    package func take(_ text: [UInt8], of hash: ValueHash) throws {
        guard Self.isText(text, of: hash) else {
            throw StorageError(
                .damaged, "the text \(hash.hexadecimal) is not what it was", hint: "nothing of it was taken")
        }
        if try isMissing(hash) { try place(text, of: hash) }
    }
}

extension Writer {
    /// Puts a text in place that was given once more while the one kept has been dropped.
    func putAgain(_ text: [UInt8], of hash: ValueHash) throws {
        if hasMissingTexts, try store.isMissing(hash) { try put(text, of: hash) }
    }

    /// Puts a text in place wherever a head lacks it.
    fileprivate func put(_ text: [UInt8], of hash: ValueHash) throws {
        store.placedTexts?.insert(hash)
        keptVersions = nil
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
            // The log does not grow with a text, so what has passed this change by would never see it.
            try indexAnew(record)
            try addIdentities(field: name, text: text, record: record)
        }
        try reviewDeletions()
    }
}
