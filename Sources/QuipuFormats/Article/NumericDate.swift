internal import QuipuNaturalKeys

/// Dates that begin with the year: `2024-05-06 07:08:09 -0500`, `2024/5/6`, `20240506T070809Z`.
enum NumericDate {
    static func read(_ text: String) -> WrittenDate? {
        let bytes = Array(text.utf8)
        if let compact = compact(bytes) { return compact }
        guard let year = digits(bytes, 0), year.count == 4, year.end < bytes.count else { return nil }
        let separator = bytes[year.end]
        guard "-/.".utf8.contains(separator), let month = digits(bytes, year.end + 1), month.count <= 2 else {
            return nil
        }
        var date = WrittenDate(year: year.value, month: month.value)
        if month.end == bytes.count { return date }
        guard bytes[month.end] == separator, let day = digits(bytes, month.end + 1), day.count <= 2 else {
            return nil
        }
        date.day = day.value
        return take(timeFrom: day.end, bytes, into: &date) ? date : nil
    }

    /// `20240506` and `20240506T070809`, as ENEX and file names have it.
    private static func compact(_ bytes: [UInt8]) -> WrittenDate? {
        guard let day = digits(bytes, 0), day.count == 8, day.end < bytes.count,
            bytes[day.end] | 0x20 == 0x74,
            let time = digits(bytes, day.end + 1), time.count == 6 || time.count == 4
        else { return nil }
        var date = WrittenDate(year: day.value / 10_000, month: day.value / 100 % 100, day: day.value % 100)
        let clock = time.count == 6 ? time.value : time.value * 100
        date.time = TimeOfDay(hour: clock / 10_000, minute: clock / 100 % 100, second: clock % 100)
        guard time.end < bytes.count else { return date }
        date.zone = ZoneName.read(String(decoding: bytes[time.end...], as: UTF8.self))
        return date.zone == nil ? nil : date
    }

    /// `T07:08:09.5+05:30`, with `T`, spaces or `_` before it, and spaces before the zone.
    private static func take(timeFrom start: Int, _ bytes: [UInt8], into date: inout WrittenDate) -> Bool {
        var rest = bytes[start...]
        if rest.isEmpty { return true }
        guard let mark = rest.first, mark | 0x20 == 0x74 || mark == 0x20 || mark == UInt8(ascii: "_") else {
            return false
        }
        rest = rest.dropFirst().drop { $0 == 0x20 }
        let clock = rest.prefix {
            ASCII.isDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",")
        }
        guard let time = ClockTime.read(String(decoding: clock, as: UTF8.self)) else { return false }
        date.time = time
        let zone = WhiteSpace.trimmed(String(decoding: rest.dropFirst(clock.count), as: UTF8.self))
        if !zone.isEmpty {
            date.zone = ZoneName.read(zone)
            // An unknown zone: the day is right anyway.
            if date.zone == nil, !zone.utf8.allSatisfy({ ASCII.isLetter($0) || "/_".utf8.contains($0) }) {
                return false
            }
        }
        return true
    }

    private static func digits(_ bytes: [UInt8], _ start: Int) -> (value: Int, count: Int, end: Int)? {
        guard start < bytes.count else { return nil }
        let run = bytes[start...].prefix(while: ASCII.isDigit)
        guard (1...9).contains(run.count), let value = Int(String(decoding: run, as: UTF8.self)) else {
            return nil
        }
        return (value, run.count, run.endIndex)
    }
}

/// `7:08`, `07:08:09`, `07:08:09.123`.
enum ClockTime {
    static func read(_ text: String) -> TimeOfDay? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let hour = number(parts[0]), hour < 24, parts[1].count == 2,
            let minute = number(parts[1]), minute < 60
        else { return nil }
        var time = TimeOfDay(hour: hour, minute: minute)
        guard parts.count == 3 else { return time }
        let seconds = parts[2].split(omittingEmptySubsequences: false) { $0 == "." || $0 == "," }
        guard (1...2).contains(seconds.count), seconds[0].count == 2, let second = number(seconds[0]),
            second <= 60
        else { return nil }
        time.second = second
        if seconds.count == 2 {
            guard !seconds[1].isEmpty, seconds[1].utf8.allSatisfy(ASCII.isDigit) else { return nil }
            time.fraction = String(seconds[1])
        }
        return time
    }

    private static func number(_ digits: Substring) -> Int? {
        (1...2).contains(digits.utf8.count) && digits.utf8.allSatisfy(ASCII.isDigit) ? Int(digits) : nil
    }
}

/// Zones as RFC 3339 and RFC 822 write them, and `GMT+0200`.
enum ZoneName {
    private static let named = [
        "z": "Z", "utc": "Z", "gmt": "Z", "ut": "Z", "est": "-05:00", "edt": "-04:00", "cst": "-06:00",
        "cdt": "-05:00", "mst": "-07:00", "mdt": "-06:00", "pst": "-08:00", "pdt": "-07:00",
    ]

    static func read(_ text: String) -> String? {
        let lowered = text.utf8.map(ASCII.lowercased)
        if let zone = named[String(decoding: lowered, as: UTF8.self)] { return zone }
        var offset = lowered[...]
        if offset.starts(with: "gmt".utf8) || offset.starts(with: "utc".utf8) { offset = offset.dropFirst(3) }
        guard let sign = offset.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
            return nil
        }
        let digits = offset.dropFirst().filter { $0 != UInt8(ascii: ":") }
        guard digits.allSatisfy(ASCII.isDigit), digits.count == 2 || digits.count == 4,
            let number = Int(String(decoding: digits, as: UTF8.self))
        else { return nil }
        let minutes = digits.count == 4 ? number : number * 100
        guard minutes / 100 < 24, minutes % 100 < 60 else { return nil }
        return (sign == UInt8(ascii: "+") ? "+" : "-") + WrittenDate.padded(minutes / 100, 2) + ":"
            + WrittenDate.padded(minutes % 100, 2)
    }
}
