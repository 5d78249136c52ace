import QuipuCausality
import Testing

/// A field may get very many heads, by hand or by the program: each costs about the same.
struct ManyVersionsTests {
    private static let count = 10_000

    private func version(_ number: Int, byHand: Bool, over replaced: [VersionKey] = [], value: UInt128? = nil)
        -> Version
    {
        Version(
            key: VersionKey(rawValue: UInt128(number) << 64),
            value: ValueHash(high: value ?? UInt128(number), low: 1),
            isByHand: byHand, isMerge: false, replaces: replaced,
            member: .init(
                position: Int64(number), chain: ChainHash(high: UInt128(number), low: 2),
                stamp: Stamp(milliseconds: Int64(number))),
            isHead: false)
    }

    @Test(arguments: [true, false])
    func `one version can replace ten thousand heads`(byHand: Bool) {
        var field = FieldVersions()
        for number in 1...Self.count { field.insert(version(number, byHand: byHand)) }
        #expect(field.heads.count == Self.count)
        #expect(field.isInConflict)
        #expect(field.visible?.member(at: Int64(Self.count)) == true)
        let last = version(Self.count + 1, byHand: true, over: field.heads.map(\.key))
        #expect(field.insert(last).lost.count == Self.count)
        #expect(field.heads.map(\.key) == [last.key])
        #expect(!field.isInConflict)
    }

    @Test
    func `a long chain of edits keeps one head when imports repeat values that it had`() {
        var field = FieldVersions()
        field.insert(version(1, byHand: true))
        for number in stride(from: 2, to: 3_000, by: 2) {
            field.insert(version(number, byHand: true, over: field.heads.filter(\.isByHand).map(\.key)))
            field.insert(version(number + 1, byHand: false, value: UInt128(number / 2)))
        }
        #expect(field.headsFromNothing == field.heads.map(\.key))
        #expect(field.heads.count(where: \.isByHand) == 1)
    }
}

extension Version {
    fileprivate func member(at position: Int64) -> Bool { members.contains { $0.position == position } }
}
