public import QuipuCausality
internal import QuipuSQLite

/// A transaction that was refused, which stops its origin there.
public struct Refusal: Sendable, Equatable {
    public var name: TransactionName
    /// In words.
    public var reason: String
    /// Unix milliseconds.
    public var noticedAtMilliseconds: Int64
}

extension Log {
    /// What was refused and has not come in good form since, by origin.
    public func refusals() throws -> [Refusal] {
        try local.refusals().filter { try locate($0.name) == nil }
    }

    /// Remembers what was refused; what was refused before and is held by now is forgotten.
    func note(_ refused: [InvalidTransaction]) throws {
        let now = environment.nowMilliseconds()
        for refusal in try local.refusals() where try locate(refusal.name) != nil {
            try local.forgetRefusal(of: refusal.name.origin)
        }
        for error in refused {
            guard let name = error.name else { continue }
            try local.note(Refusal(name: name, reason: error.reason, noticedAtMilliseconds: now))
        }
    }
}

extension LocalState {
    /// Origins that are remembered: a peer can make up any number.
    static let maximumRefusals = 256

    func refusals() throws -> [Refusal] {
        var found: [Refusal] = []
        var rows = try database.rows(
            "SELECT origin, sequence, reason, noticed_at FROM refusal ORDER BY origin")
        while try rows.next() {
            guard let origin = Origin(bytes: rows.bytes(0)) else { continue }
            found.append(
                Refusal(
                    name: TransactionName(origin: origin, sequence: UInt64(clamping: rows.integer(1))),
                    reason: rows.text(2), noticedAtMilliseconds: rows.integer(3)))
        }
        return found
    }

    func note(_ refusal: Refusal) throws {
        try database.run(
            """
            INSERT INTO refusal (origin, sequence, reason, noticed_at)
            SELECT ?, ?, ?, ?
            WHERE (SELECT count(*) FROM refusal) < ? OR EXISTS (SELECT 1 FROM refusal WHERE origin = ?)
            ON CONFLICT (origin) DO UPDATE
            SET sequence = excluded.sequence, reason = excluded.reason, noticed_at = excluded.noticed_at
            WHERE excluded.reason != refusal.reason OR excluded.sequence != refusal.sequence
            """, .blob(refusal.name.origin.bytes), .integer(Int64(clamping: refusal.name.sequence)),
            .text(refusal.reason), .integer(refusal.noticedAtMilliseconds), .integer(Self.maximumRefusals),
            .blob(refusal.name.origin.bytes))
    }

    func forgetRefusals() throws { try database.run("DELETE FROM refusal") }

    func forgetRefusal(of origin: Origin) throws {
        try database.run("DELETE FROM refusal WHERE origin = ?", .blob(origin.bytes))
    }
}
