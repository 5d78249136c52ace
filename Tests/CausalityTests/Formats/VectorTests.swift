import QuipuCausality
import Testing

@testable import NaiveModel

struct VectorTests {
    static func entry(_ origin: Int, _ sequence: UInt64, _ chain: Int) -> Vector.Entry {
        Vector.Entry(
            origin: Origin(rawValue: UInt128(origin)), sequence: sequence,
            chain: ChainHash(high: UInt128(chain), low: 0))
    }

    @Test(arguments: Seeds.upTo(20))
    func `the hash of a vector does not depend on the order of insertion`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let entries = (0..<20).map { Self.entry($0, UInt64($0 + 1), $0 * 7) }
        let vector = Vector(entries)
        var other = Vector()
        for entry in entries.shuffled(using: &random) { other[entry.origin] = entry }
        #expect(other == vector && other.hash == vector.hash)
        #expect(other.entries == entries && other.count == 20)
    }

    @Test
    func `the hash of a vector differs when any entry differs`() {
        let vectors = [
            Vector(), Vector([Self.entry(1, 1, 1)]), Vector([Self.entry(2, 1, 1)]),
            Vector([Self.entry(1, 2, 1)]),
            Vector([Self.entry(1, 1, 2)]), Vector([Self.entry(1, 1, 1), Self.entry(2, 1, 1)]),
            Vector([Self.entry(1, 1, 1), Self.entry(2, 2, 1)]), Vector([Self.entry(1, 23, 1)]),
            Vector([Self.entry(1, 24, 1)]), Vector([Self.entry(1, 256, 1)]),
            Vector([Self.entry(1, 65_536, 1)]),
            Vector([Self.entry(1, 1 << 32, 1)]), Vector([Self.entry(1, .max, 1)]),
        ]
        #expect(Set(vectors.map(\.hash)).count == vectors.count)
    }

    @Test
    func `a later entry of an origin replaces the earlier one`() {
        var vector = Vector([Self.entry(1, 1, 1), Self.entry(1, 5, 2)])
        #expect(vector.count == 1 && vector.sequence(of: Origin(rawValue: 1)) == 5)
        vector[Origin(rawValue: 1)] = nil
        #expect(vector == Vector() && vector.hash == Vector().hash)
    }

    @Test
    func `a vector contains the transactions at or before its entries`() {
        let vector = Vector([Self.entry(1, 3, 1)])
        func contains(_ origin: Int, _ sequence: UInt64) -> Bool {
            vector.contains(TransactionName(origin: Origin(rawValue: UInt128(origin)), sequence: sequence))
        }
        #expect(contains(1, 1) && contains(1, 3) && !contains(1, 4) && !contains(2, 1))
        #expect(vector.sequence(of: Origin(rawValue: 2)) == 0)
        #expect(vector.entries[0].name.description.hasSuffix("1:3"))
    }
}
