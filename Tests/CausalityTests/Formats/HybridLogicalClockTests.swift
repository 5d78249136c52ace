import QuipuCausality
import Testing

@testable import NaiveModel

struct HybridLogicalClockTests {
    static let now: Int64 = 1_700_000_000_000

    static func transaction(stamp: Stamp) -> Transaction {
        Transaction(
            name: TransactionName(origin: Origin(rawValue: 1), sequence: 1), stamp: stamp, author: "",
            isByProgram: false, records: [])
    }

    @Test
    func `a stamp holds its milliseconds above sixteen bits of counter`() {
        let stamp = Stamp(milliseconds: Self.now)
        #expect(stamp.rawValue == UInt64(Self.now) << 16)
        #expect(stamp.milliseconds == Self.now)
    }

    @Test(arguments: Seeds.upTo(50))
    func `stamps increase whatever the clock reads`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        var last = Stamp(milliseconds: Self.now)
        for _ in 0..<200 {
            let clock = random.pick([Int64.min, -1, 0, 1, Self.now, Self.now + 1, Self.now * 2])
            let next = last.next(nowMilliseconds: clock)
            #expect(next > last)
            #expect(next >= Stamp(milliseconds: clock))
            #expect(next.rawValue == last.rawValue + 1 || next == Stamp(milliseconds: clock))
            last = next
        }
    }

    @Test
    func `a counter that is full carries into the milliseconds`() {
        let full = Stamp(rawValue: UInt64(Self.now) << 16 | 0xffff)
        let next = full.next(nowMilliseconds: Self.now)
        #expect(next == Stamp(milliseconds: Self.now + 1))
        #expect(next.next(nowMilliseconds: Self.now).rawValue == next.rawValue + 1)
    }

    @Test(arguments: [.min, -62_135_596_800_000, -1, 0] as [Int64])
    func `a clock that reads before 1970 gives a stamp of 1970`(milliseconds: Int64) {
        #expect(Stamp(milliseconds: milliseconds).rawValue == 0)
        #expect(Stamp(rawValue: 0).next(nowMilliseconds: milliseconds).rawValue == 1)
    }

    /// The year 9999, the end of a 64-bit `time_t` in milliseconds, and the edges of what a stamp holds.
    @Test(arguments: [253_402_300_799_999, (1 << 47) - 1, 1 << 47, (1 << 48) - 1, 1 << 48, .max] as [Int64])
    func `no clock reading makes a stamp that a transaction may not have`(milliseconds: Int64) throws {
        try Self.transaction(stamp: Stamp(milliseconds: milliseconds)).validate()
        let next = Stamp(milliseconds: Self.now).next(nowMilliseconds: milliseconds)
        try Self.transaction(stamp: next).validate()
        try Self.transaction(stamp: next.next(nowMilliseconds: milliseconds)).validate()
        #expect(next > Stamp(milliseconds: Self.now))
    }

    @Test
    func `the greatest stamp is followed by itself`() throws {
        let last = Stamp(rawValue: UInt64(Int64.max))
        #expect(last.next(nowMilliseconds: Self.now) == last)
        #expect(last.next(nowMilliseconds: .max) == last)
        try Self.transaction(stamp: last).validate()
    }

    @Test
    func `an offset is subtracted in both directions and leaves the counter unchanged`() {
        let stamp = Stamp(rawValue: UInt64(Self.now) << 16 | 0x1234)
        for offset in [1, -1, 86_400_000, -86_400_000, 0] as [Int64] {
            let corrected = stamp.corrected(offsetMilliseconds: offset)
            #expect(corrected.milliseconds == Self.now - offset)
            #expect(corrected.rawValue & 0xffff == 0x1234)
            #expect(corrected.corrected(offsetMilliseconds: -offset) == stamp)
        }
    }

    @Test(arguments: Seeds.upTo(30))
    func `stamps corrected by one offset keep their order`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let offset = Int64.random(in: -1_000_000_000_000...1_000_000_000_000, using: &random)
        let stamps = (0..<40).map { _ in
            Stamp(rawValue: UInt64(Self.now) << 16 + UInt64.random(in: 0..<200_000, using: &random))
        }.sorted()
        let corrected = stamps.map { $0.corrected(offsetMilliseconds: offset) }
        #expect(corrected == corrected.sorted())
    }

    @Test
    func `an offset that leads out of range is clamped`() throws {
        let stamp = Stamp(milliseconds: Self.now)
        #expect(stamp.corrected(offsetMilliseconds: .max).rawValue == 0)
        #expect(stamp.corrected(offsetMilliseconds: Self.now + 1).rawValue == 0)
        for offset in [Int64.min, -(1 << 62), -(1 << 47)] as [Int64] {
            let corrected = stamp.corrected(offsetMilliseconds: offset)
            #expect(corrected > stamp)
            try Self.transaction(stamp: corrected).validate()
        }
        let greatest = Stamp(rawValue: .max)
        #expect(greatest.corrected(offsetMilliseconds: .min) <= greatest)
        #expect(greatest.corrected(offsetMilliseconds: .max) < greatest)
    }
}
