internal import Quipu

/// When something ends, as people say it: `12h`, `30d`, `8w`, or the last day of it, `2026-12-31`.
enum Expiry {
    private static let unitMilliseconds: [Character: Int64] = [
        "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000,
    ]
    private static let maximumMilliseconds: Int64 = 100 * 366 * 86_400_000

    /// - Parameter zone: whose day a day is.
    /// - Returns: Unix milliseconds, after now and within a hundred years.
    static func milliseconds(
        _ text: String, in zone: ClockZone = .utc, nowMilliseconds now: Int64
    ) throws(UsageError) -> Int64 {
        guard let end = end(text, zone, now) else {
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

    private static func end(_ text: String, _ zone: ClockZone, _ now: Int64) -> Int64? {
        if let unit = text.last.flatMap({ unitMilliseconds[$0] }) {
            guard let count = Int64(text.dropLast()), count > 0 else { return nil }
            let (span, overflows) = count.multipliedReportingOverflow(by: unit)
            return overflows ? .max : now + min(span, .max - now)
        }
        return CalendarDay.day(of: text).map { zone.start(ofDay: $0 + 1) }
    }
}
