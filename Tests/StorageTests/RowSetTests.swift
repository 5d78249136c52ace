import Testing

@testable import Storage

@Suite struct RowSetTests {
    /// What `insert` says of some rows, one after the other.
    private static func inserting(_ rows: [Int64], into set: inout RowSet) -> [Bool] {
        rows.map { set.insert($0) }
    }

    @Test func `a row is taken up once, and found from then on`() {
        var set = RowSet(expecting: 100)
        let (before, taken) = (set.contains(7), Self.inserting([7, 7], into: &set))
        #expect(!before)
        #expect(taken == [true, false])
        #expect(set.contains(7))
        #expect(!set.contains(8))
    }

    @Test func `rows far beyond those expected, and none at all, are left out`() {
        let strange: [Int64] = [.max, 1 << 40, -1, .min]
        var set = RowSet(expecting: 10)
        let taken = Self.inserting(strange, into: &set)
        #expect(taken == [false, false, false, false])
        for row in strange { #expect(!set.contains(row)) }
    }

    @Test func `two sets of one table are joined`() {
        var one = RowSet(expecting: 1_000)
        var other = RowSet(expecting: 1_000)
        _ = (Self.inserting([3], into: &one), Self.inserting([999], into: &other))
        one.formUnion(other)
        #expect(one.contains(3) && one.contains(999) && !one.contains(4))
    }
}
