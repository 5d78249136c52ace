import QuipuCausality
import Testing

@testable import NaiveModel

struct BranchSearchTests {
    private let origin = Origin(rawValue: 1)

    private func entry(_ sequence: UInt64, _ side: Int, branch: UInt64) -> Vector.Entry {
        let chain = ChainHash(high: sequence < branch ? 0 : UInt128(side), low: UInt128(sequence))
        return Vector.Entry(origin: origin, sequence: sequence, chain: chain)
    }

    @Test(arguments: Seeds.upTo(200))
    func `the first difference of two chains of any length is found in few rounds`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let (own, other) = (
            UInt64(1 + Int.random(in: 0..<(100_000), using: &random)),
            UInt64(1 + Int.random(in: 0..<(100_000), using: &random))
        )
        let branch = UInt64(1 + Int.random(in: 0..<(Int(min(own, other))), using: &random))
        var search = BranchSearch()
        let last = min(own, other)
        search.note(entry(last, 2, branch: branch), own: entry(last, 1, branch: branch).chain)
        var rounds = 0
        while search.branchStarts.isEmpty, rounds < 10 {
            rounds += 1
            let probes = search.probes
            #expect(!probes.isEmpty && probes.count <= BranchSearch.maximumProbes)
            #expect(Set(probes).count == probes.count)
            for name in probes {
                search.note(
                    entry(name.sequence, 2, branch: branch),
                    own: entry(name.sequence, 1, branch: branch).chain)
            }
        }
        #expect(rounds <= 4)
        #expect(
            Set(search.branchStarts)
                == [entry(branch, 1, branch: branch).chain, entry(branch, 2, branch: branch).chain])
    }

    @Test func `an entry that this replica lacks opens no search`() {
        var search = BranchSearch()
        search.note(entry(5, 2, branch: 1), own: nil)
        #expect(!search.isOpen)
    }

    @Test func `equal chains need no search`() {
        var search = BranchSearch()
        search.note(entry(5, 2, branch: 9), own: entry(5, 1, branch: 9).chain)
        #expect(!search.isOpen && search.probes.isEmpty && search.branchStarts.isEmpty)
    }

    @Test(arguments: Seeds.upTo(50))
    func `a peer that answers arbitrarily cannot prolong the search`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        var search = BranchSearch()
        search.note(entry(50_000, 2, branch: 1), own: entry(50_000, 1, branch: 1).chain)
        var rounds = 0
        while search.branchStarts.isEmpty, rounds < 100 {
            rounds += 1
            for name in search.probes {
                let lie = entry(name.sequence, Int.random(in: 0..<(3), using: &random), branch: 1)
                search.note(lie, own: entry(name.sequence, 1, branch: 1).chain)
            }
        }
        #expect(rounds <= 5)
    }
}
