internal import QuipuSQLite

// Filters of days: of the field `date`, and of the last change.
extension QueryEvaluation {
    mutating func rows(dated filter: Query.Filter) throws -> MatchingRows {
        let name = filter.field.rawValue
        guard let days = QueryDays(of: filter) else {
            return never(
                "'\(name):' takes a date as 2026, 2026-03 or 2026-03-04"
                    + (filter.field == .date ? ", A..B, or one behind >, >=, < or <=" : "")
                    + ", not '\(filter.value)'", isMalformed: true)
        }
        if days.isEmpty { return never(Self.endsBeforeItBegins(filter), isMalformed: true) }
        let found = try collected(
            in: cardIndex.upToDate(),
            """
            SELECT record FROM card INDEXED BY card_by_moment
            WHERE moment IS NOT NULL AND moment >= ?1 AND moment < ?2 AND last_day <= ?3
            """,
            [
                .integer(days.first.map { $0 * 86_400 } ?? .min),
                .integer(days.last.map { ($0 + 1) * 86_400 } ?? .max), .integer(days.last ?? .max),
            ])
        return try folded(found, showing: "date")
    }

    mutating func rows(changed filter: Query.Filter) throws -> MatchingRows {
        guard let days = QueryDays(of: filter) else {
            return never(
                "'changed:' takes a date as 2026, 2026-03 or 2026-03-04, A..B, or one behind >, >=, < or <=, not "
                    + "'\(filter.value)'", isMalformed: true)
        }
        if days.isEmpty { return never(Self.endsBeforeItBegins(filter), isMalformed: true) }
        return try collected(
            in: cardIndex.upToDate(),
            "SELECT record FROM card INDEXED BY card_by_changed WHERE changed >= ? AND changed < ?",
            [
                .integer(days.first.map { $0 * 86_400_000 } ?? .min),
                .integer(days.last.map { ($0 + 1) * 86_400_000 } ?? .max),
            ])
    }

    private static func endsBeforeItBegins(_ filter: Query.Filter) -> String {
        "'\(filter.field.rawValue):\(filter.value)' ends before it begins"
    }

    /// Notes filters that stand side by side and have no day in common.
    mutating func noteContradictions(among nodes: [Query.Node]) {
        let filters = Self.filters(among: nodes)
        for group: [QueryField] in [[.date, .before, .after], [.changed]] {
            var (common, typed) = (QueryDays(first: nil, last: nil), [String]())
            for filter in filters where group.contains(filter.field) {
                guard let days = QueryDays(of: filter), !days.isEmpty else { continue }
                common = common.intersection(days)
                typed.append("'\(filter.field.rawValue):\(filter.value)'")
            }
            guard common.isEmpty else { continue }
            note(.neverMatches, "no day fits \(typed.joined(separator: " and "))", isMistake: true)
        }
    }

    /// Those that must all fit.
    private static func filters(among nodes: [Query.Node]) -> [Query.Filter] {
        nodes.flatMap { (node) -> [Query.Filter] in
            switch node {
            case .filter(let filter): [filter]
            case .all(let nodes): filters(among: nodes)
            case .words, .not, .any: []
            }
        }
    }
}
