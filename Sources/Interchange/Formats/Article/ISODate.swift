internal import NaturalKeys

/// Dates in the forms that sort and need no guessing: `YYYY`, `YYYY-MM`, `YYYY-MM-DD` (ISO 8601) and the
/// date-time of RFC 3339.
enum ISODate {
    static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let year = number(bytes, 0, 4) else { return false }
        if bytes.count == 4 { return true }
        guard bytes[4] == UInt8(ascii: "-"), let month = number(bytes, 5, 2), (1...12).contains(month) else {
            return false
        }
        if bytes.count == 7 { return true }
        guard bytes[7] == UInt8(ascii: "-"), let day = number(bytes, 8, 2),
            (1...days(month, year)).contains(day)
        else { return false }
        return bytes.count == 10 || isTime(bytes[10...])
    }

    /// `T12:34:56`, a fraction if wanted, and `Z` or an offset.
    private static func isTime(_ slice: ArraySlice<UInt8>) -> Bool {
        let bytes = Array(slice)
        guard bytes.count >= 10, bytes[0] | 0x20 == UInt8(ascii: "t"),
            let hour = number(bytes, 1, 2), hour < 24, bytes[3] == UInt8(ascii: ":"),
            let minute = number(bytes, 4, 2), minute < 60, bytes[6] == UInt8(ascii: ":"),
            let second = number(bytes, 7, 2), second <= 60
        else { return false }
        var index = 9
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            let first = index + 1
            index = first
            while index < bytes.count, ASCII.isDigit(bytes[index]) { index += 1 }
            if index == first { return false }
        }
        guard index < bytes.count else { return false }
        if bytes[index] | 0x20 == UInt8(ascii: "z") { return index + 1 == bytes.count }
        guard bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-"),
            bytes.count == index + 6,
            let hours = number(bytes, index + 1, 2), hours < 24, bytes[index + 3] == UInt8(ascii: ":"),
            let minutes = number(bytes, index + 4, 2), minutes < 60
        else { return false }
        return true
    }

    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int? {
        guard bytes.count >= start + count else { return nil }
        var value = 0
        for byte in bytes[start..<(start + count)] {
            guard ASCII.isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    private static func days(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
