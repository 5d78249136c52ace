internal import QuipuCanonicalJSON
internal import QuipuDates
internal import QuipuNaturalKeys

/// Dates as exporters write them, in the forms that an article's date has: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or a time
/// of RFC 3339.
///
/// A date keeps its precision. A time of day without a zone says nothing that can be compared: the day is taken, and what
/// the source wrote is kept beside it. What can be read in two ways (06/05/2024) is not read.
enum SourceDate {
    /// Nothing longer is a date.
    private static let maximumBytes = 64

    static func read(_ value: JSONValue) -> Taken? {
        switch value {
        case .string(let text): return read(text)
        case .number(let number): return EpochTime.read(number).map { Taken(.string($0)) }
        case .object(let members): return read(members, value)
        case .array(let elements):
            // `[2024, 5, 6]`, as in CSL's `date-parts`.
            return parts(elements).map { Taken(.string($0)) }
        case .null, .bool: return nil
        }
    }

    static func read(_ text: String) -> Taken? {
        guard text.utf8.count <= maximumBytes else { return nil }
        let trimmed = WhiteSpace.trimmed(text)
        // A year 0 says that none is known.
        if trimmed.hasPrefix("0000") { return nil }
        if CalendarDate.isDate(trimmed) { return Taken(.string(trimmed)) }
        if let number = Double(trimmed),
            trimmed.utf8.allSatisfy({ ASCII.isDigit($0) || $0 == UInt8(ascii: ".") })
        {
            return EpochTime.read(number).map { Taken(.string($0)) }
        }
        guard let written = NumericDate.read(trimmed) ?? WordedDate.read(trimmed), let date = written.text,
            CalendarDate.isDate(date), !date.hasPrefix("0000")
        else { return nil }
        return Taken(.string(date), isWhole: written.isWhole)
    }

    /// CSL-JSON, Crossref, MongoDB and JSON-LD put a date into an object.
    private static func read(_ members: [JSONMember], _ value: JSONValue) -> Taken? {
        for name in ["date-time", "$date", "@value", "value", "iso", "raw", "literal", "text"] {
            guard let inner = value[name], inner.string != nil || inner.number != nil, let date = read(inner)
            else {
                continue
            }
            return Taken(date.value, isWhole: date.isWhole && members.count == 1)
        }
        if let dates = value["date-parts"]?.array, let first = dates.first?.array, let date = parts(first) {
            return Taken(.string(date), isWhole: dates.count == 1 && members.count == 1)
        }
        let named = ["year", "month", "day"].map { value[$0] ?? .null }
        return parts(Array(named.prefix { !$0.isNull })).map {
            Taken(.string($0), isWhole: members.count <= 3)
        }
    }

    /// A year, perhaps a month, perhaps a day.
    private static func parts(_ parts: [JSONValue]) -> String? {
        let numbers = parts.prefix { !$0.isNull }.map { $0.integer ?? $0.string.flatMap { Int($0) } ?? -1 }
        guard (1...3).contains(numbers.count), numbers.allSatisfy({ (1...9_999).contains($0) }) else {
            return nil
        }
        let text = WrittenDate(
            year: numbers[0], month: numbers.count > 1 ? numbers[1] : nil,
            day: numbers.count > 2 ? numbers[2] : nil
        ).text
        return text.flatMap { CalendarDate.isDate($0) ? $0 : nil }
    }
}
