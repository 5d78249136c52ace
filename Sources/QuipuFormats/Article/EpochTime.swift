internal import QuipuDates

/// Dates as numbers: a year, a day as `20240506`, or the time since 1970 in seconds, milliseconds, microseconds or
/// nanoseconds. The units do not overlap for times after 1973 and before the year 5138.
enum EpochTime {
    /// - Returns: nil for a number that is none of these.
    static func read(_ number: Double) -> String? {
        guard number > 0, number < 1e20 else { return nil }
        if number < 1e8 {
            guard let whole = Int(exactly: number) else { return nil }
            if (1_000...2_999).contains(whole) { return String(whole) }
            guard (10_000_101...29_991_231).contains(whole) else { return nil }
            return WrittenDate(year: whole / 10_000, month: whole / 100 % 100, day: whole % 100).text
        }
        var unitsPerSecond = 1.0
        while number / unitsPerSecond >= 1e11 { unitsPerSecond *= 1_000 }
        // More than milliseconds no article has.
        let milliseconds = Int64((number / unitsPerSecond * 1_000).rounded(.down))
        return text(milliseconds: milliseconds)
    }

    private static func text(milliseconds: Int64) -> String? {
        let second = milliseconds / 1_000
        let (year, month, day) = CalendarDate.civil(fromDays: second / 86_400)
        let inDay = Int(second % 86_400)
        let rest = Int(milliseconds % 1_000)
        let time = TimeOfDay(
            hour: inDay / 3_600, minute: inDay / 60 % 60, second: inDay % 60,
            fraction: rest == 0 ? "" : WrittenDate.padded(rest, 3))
        return WrittenDate(year: Int(year), month: month, day: day, time: time, zone: "Z").text
    }
}
