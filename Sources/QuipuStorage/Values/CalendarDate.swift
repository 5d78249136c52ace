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
