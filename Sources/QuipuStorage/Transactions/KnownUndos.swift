internal import QuipuCausality
internal import QuipuSQLite

/// Undos and redos of the log, by the entry that was undone first.
struct KnownUndos {
    /// What an entry says that takes another one back, and the position of its first transaction.
    typealias Undo = (count: UInt64, position: Int64)

    private static let mostKept = 16

    /// Of each root the newest few, the newest first.
    private var byRoot: [ChainHash: [Undo]] = [:]

    /// - Parameter mark: of an entry that is older than all that were added.
    mutating func add(_ mark: EntryMark.Undo, at position: Int64) {
        guard byRoot[mark.root, default: []].count < Self.mostKept else { return }
        byRoot[mark.root, default: []].append((mark.count, position))
    }

    func undos(of root: ChainHash) -> [Undo] { byRoot[root] ?? [] }
}

extension Log {
    /// All undos and redos in the log, or those of one entry.
    func knownUndos(of root: ChainHash? = nil) throws -> KnownUndos {
        var found = KnownUndos()
        // A mark's bytes stand in the body as they are: other transactions are not decoded.
        var rows = try database.rows(
            "SELECT position, body FROM log WHERE instr(body, ?) > 0 ORDER BY position DESC",
            .blob(EntryMark.undoBytes(of: root)))
        while try rows.next() {
            let position = rows.integer(0)
            guard let body = LogBody(decoding: rows.bytes(1), at: position),
                let mark = EntryMark(in: body.unknown), case .first = mark.place, let undo = mark.undo
            else { continue }
            found.add(undo, at: position)
        }
        return found
    }

    /// Whether the newest undo or redo of an entry, or of what that takes back, was an undo of it.
    func isUndone(_ entry: LogEntry, by undos: KnownUndos) throws -> Bool {
        for undo in undos.undos(of: entry.undo?.root ?? entry.chain)
        where undo.position > entry.positions.first ?? 0 {
            if try concerns(undo.position, entry) { return undo.count % 2 != (entry.undo?.count ?? 0) % 2 }
        }
        return false
    }

    /// Whether a transaction that says that it takes an entry back can do so: the same replica wrote it, or it changes a
    /// record that the entry changed. Anybody may write a mark.
    private func concerns(_ position: Int64, _ entry: LogEntry) throws -> Bool {
        if try name(at: position).origin == entry.name.origin { return true }
        let rows = try Set(body(at: position).records.map(\.row))
        return try entry.positions.contains { try body(at: $0).records.contains { rows.contains($0.row) } }
    }
}
