import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

@Suite struct DuplicatesTests {
    private let first = MergedScene.first
    private let second = MergedScene.second
    private let third = MergedScene.third
    private let text = String(repeating: "The river rose in the night. ", count: 12)

    private func reasons(_ scene: MergedScene) throws -> [[DuplicateGroup.Reason]] {
        try scene.group[0].duplicates().groups.map(\.reasons)
    }

    @Test func `articles with one text are listed with the fields that differ`() throws {
        let scene = try MergedScene()
        try scene.add(first, ["title": "Flood", "body": text])
        try scene.add(second, ["title": "The flood", "body": "  " + text + "\n", "author": "Ruiz"])
        try scene.add(third, ["title": "Drought", "body": text + "And fell again."])
        let page = try scene.group[0].duplicates()
        #expect(page.total == 1)
        let group = try #require(page.groups.first)
        #expect(group.reasons == [.sameText])
        #expect(group.records.map(\.id) == [first, second])
        #expect(group.differing == ["author", "body", "title"])
        try scene.merge(second, into: first)
        #expect(try scene.group[0].duplicates().total == 0)
    }

    @Test func `titles count with a date or an author, and never alone`() throws {
        let scene = try MergedScene()
        try scene.add(first, ["title": "Editorial", "date": "2026-01-02"])
        try scene.add(second, ["title": "EDITORIAL", "date": "2026-01-02", "author": "Ruiz"])
        try scene.add(third, ["title": "Editorial", "date": "2026-01-03", "author": "ruiz"])
        #expect(try reasons(scene) == [[.sameTitleAndDate], [.sameAuthorAndTitle]])
    }

    @Test func `a key that was replaced since makes no duplicate`() throws {
        let scene = try MergedScene()
        try scene.add(first, ["title": "A", "doi": "10.1000/1"])
        try scene.add(second, ["title": "B", "doi": "10.1000/1"])
        #expect(try reasons(scene) == [[.sameDOI]])
        try scene.set(second, "doi", "10.1000/2")
        #expect(try reasons(scene) == [])
    }

    @Test func `a deleted article is not listed as a duplicate`() throws {
        let scene = try MergedScene()
        try scene.add(first, ["title": "A", "url": "https://example.org/1"])
        try scene.add(second, ["title": "B", "url": "https://example.org/1"])
        #expect(try reasons(scene) == [[.sameURL]])
        _ = try scene.group[0].delete(second, kind: "article", author: "ana")
        #expect(try reasons(scene) == [])
    }

    @Test func `pages together list every group once`() throws {
        let scene = try MergedScene()
        for number in 0..<7 {
            for copy in 0..<2 {
                try scene.add(
                    RecordID(rawValue: UInt128(100 + 10 * number + copy)),
                    ["title": "T\(copy)", "url": "https://example.org/\(number)"])
            }
        }
        var ids: [RecordID] = []
        for offset in stride(from: 0, to: 9, by: 3) {
            let page = try scene.group[0].duplicates(offset: offset, limit: 3)
            #expect(page.total == 7)
            ids += page.groups.map { $0.records[0].id }
        }
        #expect(ids == (0..<7).map { RecordID(rawValue: UInt128(100 + 10 * $0)) })
    }

    // MARK: two in one

    @Test
    func `split separates two imported items of one record, and importing their file then changes nothing`()
        throws
    {
        let scene = try MergedScene(2)
        let record = RecordID(rawValue: 77)
        // Written as imports write it: the record has both items' memories.
        let one = MergedScene.item(["title": "Flood", "url": "https://example.org/1", "author": "Ruiz"], "1")
        let two = MergedScene.item(["title": "Drought", "url": "https://example.org/2"], "2")
        try scene.importInto(record, one)
        try scene.importInto(record, two)
        #expect(try scene.group[0].duplicates().groups.map(\.reasons) == [[.twoArticles]])
        try scene.set(record, "publisher", "Press")
        try scene.group.syncAll()

        for mirror in 0...1 {
            let outcome = try scene.write(.split(record, kind: "article", item: nil), at: mirror)
            #expect(outcome.splits.map(\.item.id) == ["2"])
            #expect(outcome.splits.first?.fields == ["title", "url"])
            #expect(outcome.splits.first?.lacking == [])
        }
        try scene.group.syncAll()
        for mirror in 0...1 {
            let listed = try scene.listed(at: mirror)
            #expect(listed.count == 2)
            let new = try #require(listed.first { $0 != record })
            let (old, made) = (try scene.article(record, at: mirror), try scene.article(new, at: mirror))
            #expect(old?.string("title") == "Flood")
            #expect(old?.string("url") == "https://example.org/1")
            #expect(old?.string("author") == "Ruiz")
            #expect(old?.string("publisher") == "Press")
            #expect(made?.string("title") == "Drought")
            #expect(made?.string("author") == nil)
            #expect(try scene.group[mirror].openConflicts == 0)
            #expect(try scene.group[mirror].duplicates().total == 0)
            let vector = try scene.group[mirror].log.vector()
            let effects = try scene.bring(one, two, at: mirror)
            let after = try scene.group[mirror].log.vector()
            let damaged = try scene.group[mirror].verify().damaged
            #expect(after == vector, "\(effects)")
            #expect(damaged == [])
        }
    }

    @Test func `a split that cannot tell two articles apart is refused`() throws {
        let scene = try MergedScene()
        try scene.add(first, ["title": "By hand"])
        #expect(throws: StorageError.self) { try scene.write(.split(first, kind: "article", item: nil)) }
        try scene.bring(MergedScene.item(["title": "Flood", "url": "https://example.org/1"], "1"))
        let imported = try #require(try scene.found("https://example.org/1").first)
        do {
            try scene.write(.split(imported, kind: "article", item: nil))
            Issue.record("it was split")
        } catch let error as StorageError {
            #expect(error.code == .notSplittable)
            #expect(error.hint == "it remembers: feed:x 1")
        }
    }
}
