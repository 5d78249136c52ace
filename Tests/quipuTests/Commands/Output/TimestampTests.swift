import Quipu
import Testing

@testable import quipu

struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_795_470_014_123, "2026-11-23T21:40:14.123Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func `a time is written as RFC 3339 in UTC`(milliseconds: Int, text: String) {
        #expect(Timestamp.rfc3339(milliseconds: Int64(milliseconds)) == text)
    }

    @Test func `every day follows the one before it`() {
        var before = Timestamp.civil(fromDays: -800_001)
        for day in Int64(-800_000)...800_000 {
            let date = Timestamp.civil(fromDays: day)
            let isNextDay =
                date.day == before.day + 1 && date.month == before.month && date.year == before.year
            let isNextMonth =
                date.day == 1 && date.month == before.month + 1 && date.year == before.year
                && before.day >= 28
            let isNextYear =
                date.day == 1 && date.month == 1 && before.month == 12 && before.day == 31
                && date.year == before.year + 1
            guard isNextDay || isNextMonth || isNextYear else {
                Issue.record("\(date) follows \(before)")
                return
            }
            before = date
        }
    }

    @Test func `a date is read as the day that it is written for`() {
        // From 0000-01-01 to 9999-12-31, in steps that meet each day of the month and each leap year.
        for day in stride(from: Int64(-719_528), through: 2_932_896, by: 37) {
            let text = String(Timestamp.rfc3339(milliseconds: day * 86_400_000).prefix(10))
            guard CalendarDay.day(of: text) == day else {
                Issue.record("\(text) is read as \(String(describing: CalendarDay.day(of: text)))")
                return
            }
        }
        for text in ["", "2026", "2026-12", "2026-02-29", "2026-12-31T00:00:00Z", "02026-1-01"] {
            #expect(CalendarDay.day(of: text) == nil)
        }
    }

    @Test func `listings show times to the minute`() {
        #expect(Timestamp.short(milliseconds: 1_795_470_014_123) == "2026-11-23 21:40")
    }

    @Test func `the greatest time that a stamp can hold is written`() {
        #expect(Timestamp.rfc3339(milliseconds: Int64.max >> 16) == "6429-10-17T02:45:55.327Z")
    }
}
