internal import QuipuCanonicalJSON
public import QuipuCausality
internal import QuipuSQLite

extension Texts {
    /// Takes a piece of a wanted text. When it is the last one the text is checked against its hash and put in
    /// place.
    /// - Returns: whether more of the text is here than before.
    /// - Throws: `StorageError.unsoundText` when the whole does not have the hash: its pieces are dropped.
    @discardableResult
    public func addPart(_ bytes: [UInt8], of hash: ValueHash, at offset: Int, totalBytes: Int) throws
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
                    .unsoundText, "a text that was received does not match its hash",
                    hint: "sync again, or with another mirror; none of it was kept")
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
        try local.noteArrived([hash])
    }

    /// A piece of a text, or the size of one: that has no bytes.
    public struct Part {
        public var hash: ValueHash
        public var offset: Int
        public var totalBytes: Int
        public var bytes: [UInt8]

        public init(hash: ValueHash, offset: Int, totalBytes: Int, bytes: [UInt8]) {
            (self.hash, self.offset, self.totalBytes, self.bytes) = (hash, offset, totalBytes, bytes)
        }
    }

    /// Takes the texts of a message: those that are whole in one commit, since many short ones come together.
    ///
    /// - Returns: of how many pieces more of a text is here than before.
    /// - Throws: as `addPart`, after the others were taken.
    @discardableResult
    public func add(_ parts: [Part]) throws -> Int {
        var sizes: [(hash: ValueHash, sizeBytes: Int)] = []
        var whole: [ValueHash: [UInt8]] = [:]
        var rest: [Part] = []
        for part in parts {
            if part.bytes.isEmpty {
                sizes.append((part.hash, part.totalBytes))
            } else if part.offset == 0, part.bytes.count == part.totalBytes,
                part.totalBytes <= Limits.valueBytes, try isMissing(part.hash),
                try local.partSize(of: part.hash) == 0, Self.isText(part.bytes, of: part.hash)
            {
                whole[part.hash] = part.bytes
            } else {
                rest.append(part)
            }
        }
        let hashes = whole.keys.sorted()
        if !hashes.isEmpty {
            do {
                try writing { writer in
                    for hash in hashes { if let text = whole[hash] { try writer.put(text, of: hash) } }
                }
                try local.noteArrived(hashes)
            } catch let error as SQLiteError {
                throw StorageError(error)
            }
        }
        var count = hashes.count
        for part in rest
        where try addPart(part.bytes, of: part.hash, at: part.offset, totalBytes: part.totalBytes) {
            sizes.append((part.hash, part.totalBytes))
            count += 1
        }
        try noteSizes(sizes)
        return count
    }

    /// Takes a whole text, however much of it is here already.
    /// - Throws: `StorageError.damaged` when it does not have the hash.
    package func take(_ text: [UInt8], of hash: ValueHash) throws {
        guard Self.isText(text, of: hash) else {
            throw StorageError(
                .damaged, "the text \(hash.hexadecimal) does not match its hash", hint: "none of it was taken"
            )
        }
        if try isMissing(hash) { try place(text, of: hash) }
    }
}

extension Writer {
    /// Puts a text in place that was given once more while the one kept has been dropped.
    func putAgain(_ text: [UInt8], of hash: ValueHash) throws {
        if hasMissingTexts, try archive.texts.isMissing(hash) { try put(text, of: hash) }
    }

    /// Puts a text in place wherever a head lacks it.
    fileprivate func put(_ text: [UInt8], of hash: ValueHash) throws {
        archive.placedTexts?.insert(hash)
        keptVersions = nil
        var places: [(record: Int64, field: Int64)] = []
        do {
            var rows = try database.rows(
                "SELECT record, field FROM missing WHERE hash = ?", .blob(hash.bytes))
            while try rows.next() { places.append((rows.integer(0), rows.integer(1))) }
        }
        for (row, field) in places {
            var record = try archive.recordStates.record(row: row)
            let name = try archive.interning.name(field, in: database)
            var stored = try archive.recordStates.versions(of: name, row: field, in: record)
            let visible = stored.versions.visible
            try settle(
                &stored, before: visible, incoming: (hash, text), field: name, row: field, record: &record)
            try save(record)
            // The log does not grow with a text, so what has passed this change by would never see it.
            try archive.wordIndex.indexAgain(record)
            try archive.keyIndex.addIdentities(field: name, text: text, record: record)
        }
        try reviewDeletions()
    }
}
