internal import QuipuCausality
internal import QuipuSQLite

extension Log {
    /// Whether something was undone, redone or restored since the log ended at a position: then what a source gave before may
    /// change records again. Also where the log ends before that, since it was put back.
    public func hasTakenBack(since position: Int64) throws -> Bool {
        guard try archive.position >= position else { return true }
        let deleted = try interning.knownNameRow("deleted", in: database)
        var rows = try database.rows(
            "SELECT position, body, instr(body, ?) FROM log WHERE position > ? ORDER BY position",
            .blob(EntryMark.undoBytes(of: nil)), .integer(position))
        while try rows.next() {
            let position = rows.integer(0)
            guard let body = LogBody(decoding: rows.bytes(1), at: position) else { continue }
            if rows.integer(2) > 0, EntryMark(in: body.unknown)?.undo != nil { return true }
            // A first delete replaces nothing.
            let isRestored = body.records.contains { record in
                record.fields.contains { $0.name == deleted && !$0.replaces.isEmpty }
            }
            if isRestored { return true }
        }
        return false
    }
}
