internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuSQLite

extension Records {
    /// The record that an id or a short handle (its first letters suffice) stands for. Records of different kinds may
    /// have one id; with its kind before it, as in `article:ID`, each can be named.
    /// For one that is merged into another, that one is found.
    /// - Throws: `StorageError.unknownRecord`, or `ambiguousHandle` with the candidates.
    public func find(_ text: String) throws -> Record {
        let found = try candidates(for: text).map { try shown(recordStates.record(row: $0)) }
        // Those that are shown under one record are one.
        if let only = found.first, found.allSatisfy({ $0.row == only.row }) { return only }
        if found.isEmpty {
            throw StorageError(
                .unknownRecord,
                try isShortBeginning(text)
                    ? "a handle needs at least four letters or digits: '\(text)' is too short"
                    : "there is no record '\(text)'",
                remedy: Remedy(.findRecord))
        }
        let names = found.map { "\($0.kind):\($0.id.text)" }.joined(separator: ", ")
        throw StorageError(
            .ambiguousHandle, "'\(text)' fits several records: \(names)",
            hint: "give more of it, or the id with the kind before it: \(found[0].kind):\(found[0].id.text)")
    }

    /// Which record an id or a handle names, as `find` has it, without a look at what is shown with it; nil where it names none or
    /// several. Of a group of very many records each may be named.
    func identity(named text: String) throws -> (id: RecordID, kind: String)? {
        let found = try candidates(for: text).map { try shownState(recordStates.record(row: $0)) }
        guard let only = found.first, found.allSatisfy({ $0.row == only.row }) else { return nil }
        return (only.id, only.kind)
    }

    /// Likewise, the record that is named itself, as it is kept, whatever it is merged into.
    public func findStored(_ text: String) throws -> Record {
        let found = try candidates(for: text)
        guard let only = found.first, found.count == 1 else { return try find(text) }
        let state = try recordStates.record(row: only)
        guard let record = try stored(state.id, kind: state.kind) else { return try find(text) }
        return record
    }

    /// Whether a handle begins so, with fewer letters than name a record.
    private func isShortBeginning(_ text: String) throws -> Bool {
        guard !text.isEmpty, let range = ShortHandle.range(ofBeginning: text) else { return false }
        var rows = try database.rows(
            "SELECT row FROM record WHERE handle BETWEEN ?1 AND ?2 LIMIT 1",
            .integer(range.lowerBound), .integer(range.upperBound))
        return try rows.next()
    }

    /// The rows of records that an id or the first letters of a handle fit, a few; with the kind before it or without.
    func candidates(for text: String) throws -> [Int64] {
        let colon = text.lastIndex(of: ":")
        return try candidates(
            for: String(text[(colon.map { text.index(after: $0) } ?? text.startIndex)...]),
            kind: colon.map { String(text[..<$0]).nfc })
    }

    func candidates(for text: String, kind: String?) throws -> [Int64] {
        var kindRow: Int64?
        if let kind {
            guard let row = try interning.knownNameRow(kind, in: database) else { return [] }
            kindRow = row
        }
        var found: [Int64] = []
        if let id = RecordID(text: text) {
            var rows = try database.rows(
                """
                SELECT row FROM record
                WHERE handle = ?1 AND id = ?2 AND (?3 IS NULL OR kind = ?3)
                ORDER BY kind
                LIMIT 8
                """, .integer(id.handle), .blob(id.bytes), .integer(kindRow))
            while try rows.next() { found.append(rows.integer(0)) }
        } else if let range = ShortHandle.range(ofPrefix: text) {
            var rows = try database.rows(
                """
                SELECT row FROM record
                WHERE handle BETWEEN ?1 AND ?2 AND (?3 IS NULL OR kind = ?3)
                ORDER BY handle, id, kind
                LIMIT 8
                """, .integer(range.lowerBound), .integer(range.upperBound), .integer(kindRow))
            while try rows.next() { found.append(rows.integer(0)) }
        }
        return found
    }
}
