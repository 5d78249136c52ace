internal import QuipuDates

/// Days as exports write them.
public enum ExportDay {
    /// `YYYY-MM-DD`, in UTC.
    ///
    /// - Parameter milliseconds: since 1970-01-01.
    public static func text(ofMilliseconds milliseconds: Int64) -> String {
        let milliPerDay: Int64 = 86_400_000
        let (days, rest) = milliseconds.quotientAndRemainder(dividingBy: milliPerDay)
        let date = CalendarDate.civil(fromDays: rest < 0 ? days - 1 : days)
        func digits(_ number: some BinaryInteger, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return digits(date.year, 4) + "-" + digits(date.month, 2) + "-" + digits(date.day, 2)
    }
}
