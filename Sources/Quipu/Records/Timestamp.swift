/// Times as RFC 3339 has them.
enum Timestamp {
    /// In UTC, to the second.
    static func text(milliseconds: Int64) -> String {
        let seconds = Int64((Double(milliseconds) / 1_000).rounded(.down))
        let day = Int64((Double(seconds) / 86_400).rounded(.down))
        let date = CalendarDay.date(ofDay: day)
        let rest = seconds - day * 86_400
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let days = "\(padded(date.year, 4))-\(padded(Int64(date.month), 2))-\(padded(Int64(date.day), 2))"
        return days + "T\(padded(rest / 3_600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))Z"
    }
}
