internal import QuipuNaturalKeys

/// Dates with the month's name in English: RFC 822 (`Mon, 06 May 2024 07:08:09 GMT`), C (`Mon May  6 07:08:09 2024`),
/// Twitter, JavaScript, and what papers print (`May 6th, 2024`).
enum WordedDate {
    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december",
    ]
    private static let weekdays = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]

    static func read(_ text: String) -> WrittenDate? {
        var (year, month, day): (Int?, Int?, Int?) = (nil, nil, nil)
        var (time, zone): (TimeOfDay?, String?) = (nil, nil)
        let text = parted(text)
        for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
            let lowered = String(decoding: word.utf8.map(ASCII.lowercased), as: UTF8.self)
            if let number = number(lowered) {
                // The day stands before the year, and a year of two digits only where the day is known.
                if number.digits <= 2, day == nil {
                    day = number.value
                } else if year == nil, number.digits == 4 || number.digits == 2 && month != nil {
                    year =
                        number.digits == 2 ? number.value + (number.value < 50 ? 2_000 : 1_900) : number.value
                } else {
                    return nil
                }
            } else if month == nil, let found = index(of: lowered, in: months) {
                month = found + 1
            } else if index(of: lowered, in: weekdays) != nil || ["of", "at", "the"].contains(lowered) {
                continue
            } else if time == nil, let clock = ClockTime.read(lowered) {
                time = clock
            } else if let hour = time?.hour, (1...12).contains(hour),
                ["am", "pm", "a.m.", "p.m."].contains(lowered)
            {
                time?.hour = hour % 12 + (lowered.hasPrefix("p") ? 12 : 0)
            } else if time != nil, zone == nil, let found = ZoneName.read(lowered) {
                zone = found
            } else if time != nil,
                lowered.hasPrefix("(") || lowered.utf8.allSatisfy(ASCII.isLetter) || lowered.hasSuffix(")")
            {
                // `(CEST)`, `(Central European Time)`: says again, or less, what the offset says.
                continue
            } else {
                return nil
            }
        }
        guard let year, let month else { return nil }
        return WrittenDate(year: year, month: month, day: day, time: time, zone: zone)
    }

    /// With spaces where `6-May-2024` and `7:08am` have none.
    private static func parted(_ text: String) -> String {
        var out: [UInt8] = []
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            let previous = index > 0 ? bytes[index - 1] : 0x20
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0x20
            if byte == UInt8(ascii: "-"),
                ASCII.isLetter(previous) && ASCII.isDigit(next) && !isZone(out)
                    || ASCII.isDigit(previous) && ASCII.isLetter(next)
            {
                out.append(0x20)
                continue
            }
            if ASCII.isLetter(byte), ASCII.isDigit(previous), [0x61, 0x70].contains(byte | 0x20),
                next | 0x20 == 0x6D
            {
                out.append(0x20)
            }
            out.append(byte)
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// `GMT-0500` is one word.
    private static func isZone(_ before: [UInt8]) -> Bool {
        let word = before.suffix(3).map(ASCII.lowercased)
        return word.elementsEqual("gmt".utf8) || word.elementsEqual("utc".utf8)
    }

    /// `6`, `06`, `6th`, `2024`.
    private static func number(_ word: String) -> (value: Int, digits: Int)? {
        let digits = word.utf8.prefix(while: ASCII.isDigit)
        guard (1...4).contains(digits.count), digits.count != 3,
            let value = Int(String(decoding: Array(digits), as: UTF8.self))
        else { return nil }
        let rest = String(decoding: Array(word.utf8.dropFirst(digits.count)), as: UTF8.self)
        return rest.isEmpty || digits.count <= 2 && ["st", "nd", "rd", "th", "."].contains(rest)
            ? (value, digits.count) : nil
    }

    /// By the whole name or its first letters, three at least: `sept`, `tues`, `mon.`.
    private static func index(of word: String, in names: [String]) -> Int? {
        let bare = word.hasSuffix(".") ? String(word.dropLast()) : word
        return bare.utf8.count < 3 ? nil : names.firstIndex { $0.hasPrefix(bare) }
    }
}
