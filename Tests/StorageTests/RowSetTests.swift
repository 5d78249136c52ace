import Testing

@testable import QuipuStorage

@Suite struct RowSetTests {
    /// What `insert` says of some rows, one after the other.
    private static func inserting(_ rows: [Int64], into set: inout RowSet) -> [Bool] {
        rows.map { set.insert($0) }
    }

    @Test func `a row is inserted once and found from then on`() {
        var set = RowSet()
        let (before, taken) = (set.contains(7), Self.inserting([7, 7], into: &set))
        #expect(!before)
        #expect(taken == [true, false])
        #expect(set.contains(7))
        #expect(!set.contains(8))
    }

    @Test func `rows far out of range and negative rows are not inserted`() {
        let strange: [Int64] = [.max, 1 << 40, -1, .min]
        var set = RowSet()
        let taken = Self.inserting(strange, into: &set)
        #expect(!taken.contains(true))
        for row in strange { #expect(!set.contains(row)) }
    }

    @Test func `a few rows do not extend the set to a distant row, and many do`() {
        var set = RowSet()
        let far: Int64 = 10_000_000
        let few = Self.inserting([1, 2, 3, 500_000, far], into: &set)
        #expect(few == [true, true, true, true, false])
        let many = Self.inserting(Array(4..<200_000), into: &set)
        #expect(!many.contains(false))
        let taken = set.insert(far)
        #expect(taken && set.contains(far))
    }

    @Test func `two sets of one table are united`() {
        var one = RowSet()
        var other = RowSet()
        _ = (Self.inserting([3], into: &one), Self.inserting([999], into: &other))
        for (var set, more) in [(one, other), (other, one)] {
            set.formUnion(more)
            #expect(set.contains(3) && set.contains(999) && !set.contains(4))
        }
    }
}
