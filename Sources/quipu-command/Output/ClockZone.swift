internal import Glibc
internal import Quipu

/// The zone in which people read times.
enum ClockZone: Sendable {
    case utc
    /// This machine's: `TZ`, else what the system is set to; UTC where it knows none.
    case local

    /// For listings: `2026-11-23 22:40 +0100`, `2026-11-23 21:40 UTC`.
    func short(milliseconds: Int64) -> String {
        let seconds = offsetSeconds(milliseconds)
        return Timestamp.short(milliseconds: shifted(milliseconds, by: seconds)) + " "
            + Self.name(of: seconds)
    }

    /// The calendar day there: `2026-11-23`.
    func day(milliseconds: Int64) -> String {
        String(
            Timestamp.short(milliseconds: shifted(milliseconds, by: offsetSeconds(milliseconds))).prefix(10))
    }

    /// When a day begins there, in Unix milliseconds.
    ///
    /// - Parameter day: counted from 1970-01-01.
    func start(ofDay day: Int64) -> Int64 {
        let milliseconds = day * 86_400_000
        guard case .local = self else { return milliseconds }
        let (year, month, dayOfMonth) = CalendarDay.date(ofDay: day)
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (
            Int32(clamping: year - 1_900), Int32(month - 1), Int32(dayOfMonth)
        )
        // Whether it is summer time, the system knows.
        parts.tm_isdst = -1
        let seconds = mktime(&parts)
        return seconds == -1 ? milliseconds : Int64(seconds) * 1_000
    }

    /// Of a time that is far off, the system may know nothing.
    private func offsetSeconds(_ milliseconds: Int64) -> Int {
        guard case .local = self else { return 0 }
        var seconds = time_t(milliseconds / 1_000)
        var parts = tm()
        return localtime_r(&seconds, &parts) == nil ? 0 : parts.tm_gmtoff
    }

    private func shifted(_ milliseconds: Int64, by seconds: Int) -> Int64 {
        let (sum, isOver) = milliseconds.addingReportingOverflow(Int64(seconds) * 1_000)
        return isOver ? milliseconds : sum
    }

    /// As in mail and in git; abbreviations such as CST mean several zones.
    private static func name(of seconds: Int) -> String {
        guard seconds != 0 else { return "UTC" }
        let minutes = abs(seconds) / 60
        let digits = String(10_000 + minutes / 60 * 100 + minutes % 60).dropFirst()
        return (seconds < 0 ? "-" : "+") + digits
    }
}
