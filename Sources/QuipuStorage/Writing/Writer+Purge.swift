internal import QuipuCausality
internal import QuipuSQLite

// What a purge replaces is dropped in the commit that takes the purge in, here and on every mirror: texts, the words of
// the search index, and the copies of the archive that are kept for clones. So no text of a purged
// field but those of standing heads can be sent, whether the mirror has compacted or not.
extension Writer {
    /// Before the texts of a field are forgotten: keeps the keys by which an import finds the record.
    func prepareToForget(
        _ field: String, row: Int64, _ versions: FieldVersions, of record: RecordState
    ) throws {
        hasPurged = true
        try database.execute("PRAGMA secure_delete = ON")
        try archive.wordIndex.forget()
        archive.cardIndex.forget()
        for version in versions.versions {
            let text = try archive.recordStates.text(
                of: version, visible: versions.visible, field: field, in: record)
            if let text { try keepKeys(of: text, in: field, of: record) }
        }
        try dissolveChains(of: versions, row: row, in: record)
    }

    /// Keys of what must be forgotten: nothing would tell them later.
    func keepKeys(of text: [UInt8], in field: String, of record: RecordState) throws {
        try archive.keyIndex.addIdentities(field: field, text: text, record: record)
    }

    /// Drops the texts of purged values, once all that this write does is done: only then is it known who else has
    /// them.
    func dropForgottenTexts() throws {
        for value in valuesToForget.sorted() where try isForgottenEverywhere(value) {
            try detach(from: value)
            try database.run("DELETE FROM text WHERE hash = ?", .blob(value.bytes))
        }
        valuesToForget.removeAll()
    }

    /// Whether the text of every version with a value must be forgotten.
    private func isForgottenEverywhere(_ value: ValueHash) throws -> Bool {
        if VisibleFields.literals.contains(value) { return false }
        guard
            try database.integer("SELECT EXISTS (SELECT 1 FROM text WHERE hash = ?)", .blob(value.bytes)) == 1
        else { return false }
        var places: [(record: Int64, field: Int64)] = []
        do {
            var rows = try database.rows(
                "SELECT DISTINCT record, field FROM version WHERE value = ? ORDER BY record, field",
                .blob(value.bytes))
            while try rows.next() { places.append((rows.integer(0), rows.integer(1))) }
        }
        for (row, field) in places {
            let record = try archive.recordStates.record(row: row)
            let name = try archive.interning.name(field, in: database)
            let versions = try archive.recordStates.versions(of: name, row: field, in: record).versions
            if !versions.forgottenValues.contains(value) { return false }
        }
        return !places.isEmpty
    }
}
