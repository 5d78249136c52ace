import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

@Suite struct MergedRecordsTests {
    private let first = MergedScene.first
    private let second = MergedScene.second
    private let third = MergedScene.third

    private func pair(_ mirrors: Int = 1) throws -> MergedScene {
        let scene = try MergedScene(mirrors)
        try scene.add(first, ["title": "Flood", "body": "The river rose."])
        try scene.add(second, ["title": "The flood", "author": "Ruiz", "doi": "10.1000/1"])
        if mirrors > 1 { try scene.group.syncAll() }
        return scene
    }

    @Test func `a merged record shows the kept article's values and fills its missing fields`() throws {
        let scene = try pair()
        try scene.merge(second, into: first)
        #expect(try scene.listed() == [first])
        let article = try #require(try scene.article(second))
        #expect(article.id == first)
        #expect(article.members == [second])
        #expect(article.string("title") == "Flood")
        #expect(article.string("author") == "Ruiz")
        #expect(!article.isInConflict)
        #expect(try scene.group[0].openConflicts == 0)
        #expect(try scene.group[0].recordCounts().map(\.count) == [1])
        #expect(try scene.group[0].find(second.shortHandle).id == first)
        #expect(try scene.group[0].findByItself(second.shortHandle).string("title") == "The flood")
        #expect(try scene.group[0].verify().damaged == [])
    }

    @Test func `queries find the record by what any of the merged ones has, and list it once`() throws {
        let scene = try pair()
        try scene.merge(second, into: first)
        #expect(try scene.found("river") == [first])
        #expect(try scene.found("doi:10.1000/1") == [first])
        #expect(try scene.found("author:ruiz") == [first])
        #expect(try scene.found("-author:ruiz") == [])
        #expect(try scene.found("id:\(second.shortHandle)") == [first])
    }

    @Test func `a filter on a field asks what the record shows and not what is hidden under it`() throws {
        let scene = try MergedScene()
        try scene.add(first, ["title": "A", "date": "2020-01-01"])
        try scene.add(second, ["title": "B", "date": "2026-01-01", "language": "es"])
        _ = try scene.group[0].edit(
            [
                Edit(
                    id: second, kind: "article",
                    changes: [.init(field: "tags/river", json: Array("true".utf8))])
            ],
            author: "ana")
        try scene.merge(second, into: first)
        #expect(try scene.found("before:2021") == [first])
        #expect(try scene.found("after:2025") == [])
        #expect(try scene.found("lang:es") == [first])
        #expect(try scene.found("tag:river") == [first])
        _ = try scene.group[0].edit(
            [
                Edit(
                    id: first, kind: "article",
                    changes: [.init(field: "tags/river", json: Array("false".utf8))])
            ],
            author: "ana")
        #expect(try scene.found("tag:river") == [])
        #expect(try scene.group[0].records.elementCounts(of: "tags").isEmpty)
    }

    @Test func `an edit of a merged article goes to the record under which it is shown`() throws {
        let scene = try pair()
        try scene.merge(second, into: first)
        try scene.set(second, "author", "Ana Ruiz")
        #expect(try scene.article(first)?.string("author") == "Ana Ruiz")
        #expect(try scene.group[0].stored(second, kind: "article")?.string("author") == "Ruiz")
        #expect(try scene.group[0].openConflicts == 0)
    }

    @Test func `a field that is removed from a merged record is not filled again from a hidden one`() throws {
        let scene = try pair()
        try scene.merge(second, into: first)
        _ = try scene.group[0].edit(
            [Edit(id: first, kind: "article", changes: [.init(field: "doi", json: Array("null".utf8))])],
            author: "ana")
        #expect(try scene.article(first)?.string("doi") == nil)
        #expect(try scene.group[0].openConflicts == 0)
    }

    @Test func `an edit of a hidden record that had not seen the merge is a conflict, which an edit settles`()
        throws
    {
        let scene = try pair(2)
        try scene.merge(second, into: first)
        try scene.set(second, "title", "The great flood", at: 1)
        try scene.group.syncAll()
        for mirror in 0...1 {
            #expect(try scene.contest(first, "title", at: mirror) == ["Flood", "The great flood"])
            #expect(try scene.contest(second, "title", at: mirror) == ["Flood", "The great flood"])
            #expect(try scene.group[mirror].openConflicts == 1)
            #expect(try scene.found("has:conflict", at: mirror) == [first])
            #expect(try scene.article(first, at: mirror)?.isInConflict == true)
        }
        try scene.set(first, "title", "The great flood")
        try scene.group.syncAll()
        for mirror in 0...1 {
            #expect(try scene.group[mirror].openConflicts == 0)
            #expect(try scene.article(first, at: mirror)?.string("title") == "The great flood")
            #expect(try scene.group[mirror].verify().damaged == [])
        }
    }

    @Test func `a merge into a record without a value reports a conflict between the others' values`() throws
    {
        let scene = try pair()
        try scene.add(third, ["title": "Flood!", "author": "Gomez"])
        let preview = try scene.group[0].previewMerge([second, third], into: first, kind: "article")
        #expect(preview.fields.map(\.field) == ["author", "doi", "title"])
        #expect(preview.fields.map(\.effect) == [.opens, .fills, .hides])
        try scene.merge(second, third, into: first)
        #expect(Set(try scene.contest(first, "author")) == ["Ruiz", "Gomez"])
        #expect(try scene.contest(first, "title") == [])
    }

    @Test func `two merges that contradict each other end in one record on every mirror`() throws {
        let scene = try pair(2)
        try scene.merge(second, into: first, at: 0)
        try scene.merge(first, into: second, at: 1)
        try scene.group.syncAll()
        for mirror in 0...1 {
            #expect(try scene.listed(at: mirror) == [first])
            #expect(try scene.article(second, at: mirror)?.id == first)
        }
    }

    @Test func `unmerge shows the records as they were, and what was written in between stays where it went`()
        throws
    {
        let scene = try pair()
        let before = try scene.group[0].stored(second, kind: "article")?.fields
        try scene.merge(second, into: first)
        try scene.set(second, "author", "Ana Ruiz")
        try scene.unmerge(second)
        #expect(try scene.listed() == [first, second])
        let after = try #require(try scene.article(second))
        #expect(after.fields.filter { $0.name != "mergedInto" } == before)
        #expect(try scene.article(first)?.string("author") == "Ana Ruiz")
        #expect(throws: StorageError.self) { try scene.unmerge(second) }
    }

    @Test func `undo unmerges merged records, and redo merges them again`() throws {
        let scene = try pair()
        let store = scene.group[0]
        try store.asOneEntry("merge") { try scene.merge(second, into: first) }
        let entry = try #require(try store.log.lastOwnEntry())
        _ = try store.undo(entry, words: "undo", author: "ana")
        #expect(try scene.listed() == [first, second])
        let undo = try #require(try store.log.lastOwnEntry(isUndo: true))
        _ = try store.undo(undo, words: "redo", author: "ana")
        #expect(try scene.listed() == [first])
    }

    @Test func `delete, restore and purge of a merged record apply to all its members`() throws {
        let scene = try pair()
        let store = scene.group[0]
        try scene.merge(second, into: first)
        _ = try store.delete(second, kind: "article", author: "ana")
        #expect(try scene.listed() == [])
        #expect(try scene.found("is:deleted") == [first])
        #expect(try store.openConflicts == 0)
        _ = try store.restore(second, kind: "article", author: "ana")
        #expect(try scene.listed() == [first])
        #expect(try store.stored(second, kind: "article")?.isDeleted == false)
        _ = try store.delete(first, kind: "article", author: "ana")
        #expect(try store.purge(first, kind: "article", author: "ana").recordCount == 2)
        #expect(try store.stored(second, kind: "article")?.isPurged == true)
        #expect(try store.stored(second, kind: "article")?.mergedInto == first)
        #expect(try store.verify().damaged == [])
    }

    @Test func `a delete of a hidden record that had not seen the merge spares the kept record`() throws {
        let scene = try pair(2)
        try scene.merge(second, into: first, at: 0)
        _ = try scene.group[1].delete(second, kind: "article", author: "ben")
        try scene.group.syncAll()
        for mirror in 0...1 {
            #expect(try scene.listed(at: mirror) == [first])
            // The merge is an edit that the delete had not seen.
            #expect(try scene.group[mirror].conflicts().map(\.isDeletion) == [true])
            #expect(try scene.found("is:deleted", at: mirror) == [second])
        }
        _ = try scene.group[0].restore(second, kind: "article", author: "ana")
        #expect(try scene.group[0].openConflicts == 0)
        #expect(try scene.article(second)?.id == first)
    }

    @Test func `annotations of a merged record are listed with the record that shows it`() throws {
        let scene = try pair()
        let store = scene.group[0]
        let note = RecordID(rawValue: 90)
        _ = try store.edit(
            [
                Edit(
                    id: note, kind: "annotation",
                    changes: [
                        .init(field: "target", json: canonicalString(second.text)),
                        .init(field: "text", json: canonicalString("see page 3")),
                    ])
            ], author: "ana")
        try scene.merge(second, into: first)
        #expect(try store.records.attachments(to: first).map(\.id) == [note])
        #expect(try store.records.target(second.text)?.id == first)
        #expect(try scene.found("has:annotation") == [first])
        #expect(try scene.found("is:orphaned") == [])
    }

    @Test func `an import of a file whose articles were merged changes nothing and makes no record`() throws {
        let scene = try MergedScene()
        let items = [
            MergedScene.item(["title": "Flood", "url": "https://example.org/1"], "1"),
            MergedScene.item(["title": "The flood", "url": "https://example.org/2"], "2"),
        ]
        try scene.bring(items[0], items[1])
        let ids = try scene.listed()
        try scene.merge(ids[1], into: ids[0])
        let position = try scene.group[0].log.vector()
        for effect in try scene.bring(items[0], items[1]) {
            guard case .unchanged = effect else {
                Issue.record("\(effect)")
                continue
            }
        }
        #expect(try scene.group[0].log.vector() == position)
    }

    @Test func `a changed item updates its hidden record, and an unknown item the kept one`() throws {
        let scene = try MergedScene()
        try scene.bring(MergedScene.item(["title": "Flood", "url": "https://example.org/1"], "1"))
        try scene.bring(MergedScene.item(["title": "The flood", "url": "https://example.org/2"], "2"))
        let one = try #require(try scene.found("https://example.org/1").first)
        let two = try #require(try scene.found("https://example.org/2").first)
        try scene.merge(two, into: one)
        try scene.bring(MergedScene.item(["title": "A great flood", "url": "https://example.org/2"], "2"))
        #expect(try scene.group[0].stored(two, kind: "article")?.string("title") == "A great flood")
        #expect(try scene.contest(one, "title") == ["Flood", "A great flood"])
        let effects = try scene.bring(
            MergedScene.item(["publisher": "Press", "url": "https://example.org/2"], "9", scope: "feed:y"))
        guard case .updated(let updated) = effects[0] else {
            Issue.record("\(effects)")
            return
        }
        #expect(updated == one)
        #expect(try scene.group[0].stored(one, kind: "article")?.string("publisher") == "Press")
        #expect(try scene.listed() == [one])
    }

    @Test func `records that cannot be merged are refused with the reason`() throws {
        let scene = try pair()
        func code(_ body: () throws -> Void) -> StorageError.Code? {
            do {
                try body()
                return nil
            } catch { return (error as? StorageError)?.code }
        }
        #expect(code { try scene.merge(first, into: first) } == .wrongType)
        #expect(code { try scene.merge(third, into: first) } == .unknownRecord)
        #expect(code { try scene.write(.merge([first], into: second, kind: "note")) } == .wrongType)
        _ = try scene.group[0].delete(second, kind: "article", author: "ana")
        #expect(code { try scene.merge(second, into: first) } == .deleted)
        #expect(throws: StorageError.self) {
            try Kinds.known.kind(named: "article").check(
                field: "mergedInto", json: canonicalString(first.text))
        }
    }

    @Test func `merges in a chain of many records are followed in one pass`() throws {
        let scene = try MergedScene()
        let ids = (0..<200).map { RecordID(rawValue: 1_000 + UInt128($0)) }
        for id in ids { try scene.add(id, ["title": "T\(id.rawValue)"]) }
        for (id, next) in zip(ids, ids.dropFirst()) { try scene.merge(id, into: next) }
        #expect(try scene.listed() == [ids[199]])
        #expect(try scene.article(ids[0])?.members.count == 199)
        try scene.unmerge(ids[100])
        #expect(try scene.listed() == [ids[100], ids[199]])
    }

    @Test func `a repair rebuilds the list of merged records`() throws {
        let scene = try pair()
        try scene.merge(second, into: first)
        _ = try scene.group[0].repair()
        #expect(try scene.listed() == [first])
        #expect(try scene.group[0].verify().damaged == [])
    }
}
