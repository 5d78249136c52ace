internal import Quipu

/// Unix times as people and programs read them, in UTC.
enum Timestamp {
    /// RFC 3339 with milliseconds: `2026-11-23T21:40:14.123Z`.
    static func rfc3339(milliseconds: Int64) -> String {
        let time = Parts(milliseconds: milliseconds)
        return "\(time.date)T\(time.clock).\(padded(time.milliseconds, 3))Z"
    }

    /// To the minute, without the zone: `2026-11-23 21:40`. `ClockZone` names it.
    static func short(milliseconds: Int64) -> String {
        let time = Parts(milliseconds: milliseconds)
        return "\(time.date) \(time.clock.prefix(5))"
    }

    private struct Parts {
        let date: String
        let clock: String
        let milliseconds: Int

        init(milliseconds: Int64) {
            let perDay: Int64 = 86_400_000
            // Floored, so that times before 1970 count up within their day as well.
            let day = milliseconds >= 0 ? milliseconds / perDay : -((-1 - milliseconds) / perDay) - 1
            let rest = Int(milliseconds - day * perDay)
            let (year, month, dayOfMonth) = Timestamp.civil(fromDays: day)
            date = "\(padded(Int(year), 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))"
            clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60].map { padded($0, 2) }.joined(
                separator: ":")
            self.milliseconds = rest % 1_000
        }
    }

    /// The proleptic Gregorian date of a day counted from 1970-01-01.
    static func civil(fromDays days: Int64) -> (year: Int64, month: Int, day: Int) {
        CalendarDay.date(ofDay: days)
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
