internal import QuipuDates
internal import QuipuStorage

/// Days of the Gregorian calendar, counted from 1970-01-01.
package enum CalendarDay {
    /// The day of a date `YYYY-MM-DD`; nil for what is no date.
    package static func day(of date: String) -> Int64? { CalendarDate.daysSince1970(date) }

    /// The proleptic Gregorian date of a day.
    package static func date(ofDay day: Int64) -> (year: Int64, month: Int, day: Int) {
        CalendarDate.civil(fromDays: day)
    }
}
