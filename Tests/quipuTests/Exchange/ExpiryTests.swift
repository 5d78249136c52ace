import Testing

@testable import quipu

struct ExpiryTests {
    /// 2026-11-26T01:00:00Z.
    private static let now: Int64 = 1_795_654_800_000

    @Test(arguments: [
        ("1h", now + 3_600_000), ("30d", now + 30 * 86_400_000), ("2w", now + 14 * 86_400_000),
        // Through the whole of the day.
        ("2026-11-26", 1_795_737_600_000), ("2027-01-31", 1_801_440_000_000),
        ("2028-02-29", 1_835_481_600_000),
    ])
    func `a duration counts from now, and a date counts to its end`(text: String, expected: Int64) throws {
        #expect(try Expiry.milliseconds(text, nowMilliseconds: Self.now) == expected)
    }

    @Test func `a day ends where its clock says`() throws {
        let local = try Expiry.milliseconds("2027-01-31", in: .local, nowMilliseconds: Self.now)
        #expect(ClockZone.local.day(milliseconds: local - 1) == "2027-01-31")
        #expect(ClockZone.local.day(milliseconds: local) == "2027-02-01")
    }

    @Test(arguments: [
        "", "d", "0d", "-1d", "1.5d", "30", "soon", "2026-11-25", "2027-02-29", "2027-1-1", "2027", "101w0d",
        "9999999999999999w", "9223372036854775807h", "6000w", "2999-01-01",
    ])
    func `a past, distant or malformed expiry is refused`(text: String) {
        #expect(throws: UsageError.self) { try Expiry.milliseconds(text, nowMilliseconds: Self.now) }
    }
}

struct SizeArgumentTests {
    @Test(arguments: [
        ("1000", 1_000), ("500MB", 500_000_000), ("2 GB", 2_000_000_000), ("64MiB", 64 << 20),
        ("10k", 10_000),
    ])
    func `sizes are read with common units`(text: String, bytes: Int) {
        #expect(SizeArgument.bytes(text) == bytes)
    }

    @Test(arguments: ["", "MB", "-1", "1.5GB", "1XB", "99999999999TB", "1 2", "MB1"])
    func `a malformed size is refused`(text: String) { #expect(SizeArgument.bytes(text) == nil) }
}
