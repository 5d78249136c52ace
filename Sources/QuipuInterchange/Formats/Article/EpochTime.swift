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
        let (year, month, day) = civil(fromDays: second / 86_400)
        let inDay = Int(second % 86_400)
        let rest = Int(milliseconds % 1_000)
        let time = TimeOfDay(
            hour: inDay / 3_600, minute: inDay / 60 % 60, second: inDay % 60,
            fraction: rest == 0 ? "" : WrittenDate.padded(rest, 3))
        return WrittenDate(year: year, month: month, day: day, time: time, zone: "Z").text
    }

    /// The Gregorian date of a day after 1970-01-01. After Hinnant, "chrono-compatible low-level date algorithms": years
    /// begin in March, so that the leap day comes last, in eras of 400 years.
    private static func civil(fromDays days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0)), Int(month), Int(day))
    }
}
