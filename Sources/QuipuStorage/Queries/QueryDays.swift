internal import QuipuDates

/// Days as a query names them: `2026`, `2026-03`, `2026-03-04`; `A..B`, where one end may be missing; `>`, `>=`, `<`, `<=`
/// before one. Days are counted from 1970-01-01.
struct QueryDays: Equatable {
    /// Both included; nil for no bound.
    var first: Int64?
    var last: Int64?

    init(first: Int64?, last: Int64?) { (self.first, self.last) = (first, last) }

    /// Whether it was typed as one date.
    private(set) var isPeriod = false

    init?(typed text: String) {
        for (sign, isBefore, isIncluded) in [
            (">=", false, true), ("<=", true, true), (">", false, false), ("<", true, false),
        ] where text.hasPrefix(sign) {
            guard let period = Self.period(String(text.dropFirst(sign.count))) else { return nil }
            switch (isBefore, isIncluded) {
            case (false, true): self.init(first: period.lowerBound, last: nil)
            case (false, false): self.init(first: period.upperBound + 1, last: nil)
            case (true, true): self.init(first: nil, last: period.upperBound)
            case (true, false): self.init(first: nil, last: period.lowerBound - 1)
            }
            return
        }
        if let dots = text.firstRange(of: "..") {
            let (left, right) = (String(text[..<dots.lowerBound]), String(text[dots.upperBound...]))
            guard !(left.isEmpty && right.isEmpty) else { return nil }
            let (start, end) = (Self.period(left), Self.period(right))
            guard left.isEmpty || start != nil, right.isEmpty || end != nil else { return nil }
            self.init(first: start?.lowerBound, last: end?.upperBound)
            return
        }
        guard let period = Self.period(text) else { return nil }
        self.init(first: period.lowerBound, last: period.upperBound)
        isPeriod = true
    }

    /// The days of a filter; nil for a value that it does not take.
    init?(of filter: Query.Filter) {
        guard let days = QueryDays(typed: filter.value) else { return nil }
        switch filter.field {
        case .date, .changed: self = days
        case .before where days.isPeriod: self.init(first: nil, last: days.first.map { $0 - 1 })
        case .after where days.isPeriod: self.init(first: days.last.map { $0 + 1 }, last: nil)
        default: return nil
        }
    }

    /// Whether no day is in it.
    var isEmpty: Bool {
        guard let first, let last else { return false }
        return first > last
    }

    func intersection(_ other: QueryDays) -> QueryDays {
        QueryDays(
            first: [first, other.first].compactMap(\.self).max(),
            last: [last, other.last].compactMap(\.self).min())
    }

    /// The days that a date of any precision covers: of a time its day, as it is written. Nil for what is no date.
    static func period(_ text: String) -> ClosedRange<Int64>? {
        guard CalendarDate.isDate(text) else { return nil }
        switch text.utf8.count {
        case 4:
            guard let first = CalendarDate.daysSince1970(text + "-01-01"),
                let last = CalendarDate.daysSince1970(text + "-12-31")
            else { return nil }
            return first...last
        case 7:
            guard let first = CalendarDate.daysSince1970(text + "-01") else { return nil }
            for day in ["-31", "-30", "-29", "-28"] {
                if let last = CalendarDate.daysSince1970(text + day) { return first...last }
            }
            return nil
        default: return CalendarDate.daysSince1970(String(text.prefix(10))).map { $0...$0 }
        }
    }
}
