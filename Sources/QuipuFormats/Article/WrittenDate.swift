/// A date in its parts, as it was read from text.
struct WrittenDate {
    var year: Int
    var month: Int?
    var day: Int?
    var time: TimeOfDay?
    /// `Z` or `+05:30`; nil where the source says none that can be told.
    var zone: String?

    /// In the form of ISO 8601 that its precision allows; nil without a month that belongs to a day.
    var text: String? {
        guard (1...9_999).contains(year) else { return nil }
        var text = Self.padded(year, 4)
        guard let month else { return day == nil ? text : nil }
        text += "-" + Self.padded(month, 2)
        guard let day else { return text }
        text += "-" + Self.padded(day, 2)
        guard let time, let zone else { return text }
        return text + "T" + time.text + zone
    }

    /// Whether the text says all that was read. Midnight without a zone is how tables write a day.
    var isWhole: Bool { time == nil || zone != nil || time?.isMidnight == true }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// `07:08`, `07:08:09.5`, `7:08 PM`.
struct TimeOfDay {
    var hour: Int
    var minute: Int
    var second = 0
    /// The digits after the point.
    var fraction = ""

    var text: String {
        [hour, minute, second].map { WrittenDate.padded($0, 2) }.joined(separator: ":")
            + (fraction.isEmpty ? "" : "." + fraction)
    }

    var isMidnight: Bool {
        hour == 0 && minute == 0 && second == 0 && fraction.allSatisfy { $0 == "0" }
    }
}
