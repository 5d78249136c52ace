/// When something ends, as people say it: `12h`, `30d`, `8w`, or the last day of it, `2026-12-31`, by UTC.
enum Expiry {
    private static let unitMilliseconds: [Character: Int64] = [
        "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000,
    ]
    private static let maximumMilliseconds: Int64 = 100 * 366 * 86_400_000

    /// - Returns: Unix milliseconds, after now and within a hundred years.
    static func milliseconds(_ text: String, nowMilliseconds now: Int64) throws(UsageError) -> Int64 {
        guard let end = end(text, now) else {
            throw UsageError(
                "--expires does not understand '\(text)'", hint: "write for example: --expires 30d, or a date"
            )
        }
        guard end > now, end - now <= maximumMilliseconds else {
            throw UsageError(
                "--expires \(text) is \(end > now ? "too far away" : "over already")",
                hint: "write for example: --expires 30d")
        }
        return end
    }

    private static func end(_ text: String, _ now: Int64) -> Int64? {
        if let unit = text.last.flatMap({ unitMilliseconds[$0] }) {
            guard let count = Int64(text.dropLast()), count > 0 else { return nil }
            let (span, overflows) = count.multipliedReportingOverflow(by: unit)
            return overflows ? .max : now + min(span, .max - now)
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int64(part) : nil
        }
        guard parts.map(\.count) == [4, 2, 2], numbers.count == 3 else { return nil }
        let day = days(year: numbers[0], month: numbers[1], day: numbers[2])
        // A day that no month has is another day, or none.
        guard Timestamp.civil(fromDays: day) == (numbers[0], Int(numbers[1]), Int(numbers[2])) else {
            return nil
        }
        return (day + 1) * 86_400_000
    }

    /// From 1970-01-01; the inverse of `Timestamp.civil`, after the same author.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = (year / 400, year % 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
