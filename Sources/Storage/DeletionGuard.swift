public import Causality
internal import SQLite

/// What an exchange is about to delete, so large a part of a collection that somebody should be asked.
public struct MassDeletion: Sendable, Equatable {
    /// The collection's name; nil for articles that are in none.
    public var collection: String?
    public var deletedCount: Int
    public var totalCount: Int
}

/// Counts what others delete over a whole exchange, however many pieces it comes in, and over earlier attempts at it
/// that were cut.
public struct DeletionGuard {
    /// Collections with no more articles than this are not guarded.
    public static let largestUnguarded = 20
    /// A mass deletion leaves at most this part of a collection: a tenth.
    private static let remainingDivisor = 10

    /// A collection's id in lower case, as fields name it; empty for articles that are in none.
    private typealias Place = String

    private let store: Store
    private let position: Int64
    /// Articles of each place that the exchange has deleted so far; nil until it deletes the first.
    private var gone: [Place: Int]?
    /// Articles of each place before the exchange; counted when there may be something to ask about.
    private var totals: [Place: Int]?

    /// - Parameter position: where the log stood at the last agreement, or stands now where there was none.
    public init(_ store: Store, since position: Int64) {
        self.store = store
        self.position = position
    }

    /// Looks at transactions that are about to be applied.
    /// - Returns: what should be asked about; nil counts them as applied.
    public mutating func check(_ transactions: [Transaction]) throws -> MassDeletion? {
        var deleted: [Place: Int] = [:]
        var seen: Set<RecordID> = []
        for record in transactions.lazy.flatMap(\.records) where Self.deletes(record) {
            guard let known = try store.record(record.id, kind: record.kind),
                !known.flags.contains(.isDeleted), seen.insert(record.id).inserted
            else { continue }
            for place in Self.places(of: known) { deleted[place, default: 0] += 1 }
        }
        if deleted.isEmpty { return nil }
        let before = try gone ?? goneSince()
        let after = before.merging(deleted) { $0 + $1 }
        gone = before
        if let place = try after.keys.sorted().first(where: {
            try isMassive(after[$0] ?? 0, of: $0, gone: before)
        }) {
            return MassDeletion(
                collection: try name(of: place), deletedCount: after[place] ?? 0,
                totalCount: totals?[place] ?? 0)
        }
        gone = after
        return nil
    }

    private mutating func isMassive(_ count: Int, of place: Place, gone: [Place: Int]) throws -> Bool {
        // Most exchanges delete a few records: nothing is counted for them.
        guard count > Self.largestUnguarded - Self.largestUnguarded / Self.remainingDivisor else {
            return false
        }
        let totals = try self.totals ?? live().merging(gone) { $0 + $1 }
        self.totals = totals
        let total = totals[place] ?? 0
        return total > Self.largestUnguarded && (total - count) * Self.remainingDivisor <= total
    }

    private static func deletes(_ record: RecordChanges) -> Bool {
        record.kind == "article"
            && record.fields.contains { $0.field == "deleted" && $0.value.hash == isTrue }
    }

    private static let isTrue = ValueHash(of: Array("true".utf8))

    private static func places(of record: RecordState) -> [Place] {
        let prefix = "collections/"
        let ids = record.fields.members
            .filter { $0.name.hasPrefix(prefix) && $0.json == Array("true".utf8) }
            .map { String($0.name.dropFirst(prefix.count)) }
        return ids.isEmpty ? [""] : ids
    }

    /// Articles that others have deleted since the agreement, and that still are.
    private func goneSince() throws -> [Place: Int] {
        guard let field = try store.interning.knownNameRow("deleted", in: store.database) else { return [:] }
        let own = try store.interning.originRow(store.origin, in: store.database) ?? 0
        var touched: Set<Int64> = []
        var next = position
        while let current = try store.database.integer(
            "SELECT min(position) FROM log WHERE position > ? AND origin != ?", .integer(next), .integer(own))
        {
            next = current
            for record in try store.body(at: current).records
            where record.fields.contains(where: { $0.name == field }) {
                touched.insert(record.row)
            }
        }
        var found: [Place: Int] = [:]
        for row in touched {
            let record = try store.record(row: row)
            guard record.kind == "article", record.flags.contains(.isDeleted) else { continue }
            for place in Self.places(of: record) { found[place, default: 0] += 1 }
        }
        return found
    }

    /// Articles of each place that are not deleted now.
    private func live() throws -> [Place: Int] {
        guard let kind = try store.interning.knownNameRow("article", in: store.database) else { return [:] }
        var found: [Place: Int] = [:]
        var rows = try store.database.rows(
            """
            SELECT coalesce(substr(member.key, 13), ''), count(*)
            FROM record
            LEFT JOIN json_each(record.fields) AS member ON member.key LIKE 'collections/%' AND member.value = 1
            WHERE record.kind = ? AND NOT record.state & 2
            GROUP BY 1
            """, .integer(kind))
        while try rows.next() { found[rows.text(0)] = Int(rows.integer(1)) }
        return found
    }

    private func name(of place: Place) throws -> String? {
        guard let id = RecordID(text: place) else { return place.isEmpty ? nil : place }
        return try store.view(id, kind: "collection")?.string("name") ?? place
    }
}
