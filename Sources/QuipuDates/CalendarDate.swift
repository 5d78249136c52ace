/// Dates as fields hold them: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or a time of RFC 3339.
public enum CalendarDate {
    public static func isDate(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var reader = Digits(bytes: bytes)
        guard let year = reader.number(4) else { return false }
        if reader.isAtEnd { return true }
        guard reader.take("-"), let month = reader.number(2), (1...12).contains(month) else { return false }
        if reader.isAtEnd { return true }
        guard reader.take("-"), let day = reader.number(2),
            (1...daysIn(month: month, year: year)).contains(day)
        else {
            return false
        }
        return reader.isAtEnd || reader.time()
    }

    /// The days from 1970-01-01 to a date of the form `YYYY-MM-DD`; nil for anything else.
    package static func daysSince1970(_ text: String) -> Int64? {
        guard text.utf8.count == 10, isDate(text) else { return nil }
        let bytes = Array(text.utf8)
        var reader = Digits(bytes: bytes)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2)
        else { return nil }
        let before = (1..<month).reduce(0) { $0 + daysIn(month: $1, year: year) }
        let last = year - 1
        // The leap days of the years 1 to the last one; those of the year 0 come before and are subtracted.
        let leapDays = year == 0 ? -1 : last / 4 - last / 100 + last / 400
        // 0001-01-01 is 719,162 days before 1970-01-01.
        return Int64(last * 365 + leapDays + before + day - 1) - 719_162
    }

    /// The proleptic Gregorian date of a day counted from 1970-01-01.
    ///
    /// After Hinnant, "chrono-compatible low-level date algorithms": years are taken to begin in March, so
    /// that the leap day comes last, and counted in eras of 400 years, which all have the same number of
    /// days.
    package static func civil(fromDays days: Int64) -> (year: Int64, month: Int, day: Int) {
        let daysInEra: Int64 = 146_097
        let sinceMarchOfYear0 = days + 719_468
        let era = (sinceMarchOfYear0 >= 0 ? sinceMarchOfYear0 : sinceMarchOfYear0 - daysInEra + 1) / daysInEra
        let dayOfEra = sinceMarchOfYear0 - era * daysInEra
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5) + 1
        let month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

private struct Digits {
    let bytes: [UInt8]
    var index = 0

    var isAtEnd: Bool { index == bytes.count }

    mutating func take(_ letters: StaticString...) -> Bool {
        guard index < bytes.count, letters.contains(where: { $0.utf8Start[0] == bytes[index] }) else {
            return false
        }
        index += 1
        return true
    }

    mutating func number(_ count: Int) -> Int? {
        guard index + count <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[index..<index + count] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        index += count
        return value
    }

    /// `T05:06:07.5+01:00` up to the end. A minute may have a leap second.
    mutating func time() -> Bool {
        guard take("T", "t"), let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60,
            take(":"), let second = number(2), second <= 60
        else { return false }
        if take(".") {
            guard number(1) != nil else { return false }
            while number(1) != nil {}
        }
        if take("Z", "z") { return isAtEnd }
        guard take("+", "-"), let offsetHour = number(2), offsetHour < 24, take(":"),
            let offsetMinute = number(2)
        else {
            return false
        }
        return offsetMinute < 60 && isAtEnd
    }
}
