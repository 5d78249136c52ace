import QuipuCausality
import QuipuStorage
import Support
import Testing

/// Records that people on several mirrors merged into each other.
@Suite struct ContradictingMergesTests {
    private let first = MergedScene.first
    private let second = MergedScene.second
    private let third = MergedScene.third

    private func pair(_ mirrors: Int) throws -> MergedScene {
        let scene = try MergedScene(mirrors)
        try scene.add(first, ["title": "Flood"])
        try scene.add(second, ["title": "The flood"])
        try scene.group.syncAll()
        return scene
    }

    @Test(arguments: [true, false])
    func `unmerge of one of two records that were merged into each other shows both by themselves`(
        takesFirst: Bool
    ) throws {
        let scene = try pair(2)
        try scene.merge(second, into: first, at: 0)
        try scene.merge(first, into: second, at: 1)
        try scene.group.syncAll()
        let shown = try #require(try scene.article(first))
        #expect(try scene.group[0].texts.waiting(of: shown).isEmpty)
        try scene.unmerge(takesFirst ? first : second)
        try scene.group.syncAll()
        for mirror in 0...1 { #expect(try scene.listed(at: mirror) == [first, second]) }
    }

    @Test func `unmerge of one in a longer cycle leaves the others together`() throws {
        let scene = try pair(3)
        try scene.add(third, ["title": "Flood!"])
        try scene.group.syncAll()
        try scene.merge(second, into: first, at: 0)
        try scene.merge(third, into: second, at: 1)
        try scene.merge(first, into: third, at: 2)
        try scene.group.syncAll()
        #expect(try scene.listed() == [first])
        try scene.unmerge(second)
        #expect(try scene.listed() == [second, third])
        #expect(try scene.article(first)?.id == third)
    }
}
