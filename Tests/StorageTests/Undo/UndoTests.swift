import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

@Suite struct UndoTests {
    private let article = RecordID(rawValue: 7)

    private func title(_ store: Store) throws -> String? {
        try store.view(article, kind: "article")?.string("title")
    }

    private func set(_ field: String, _ json: String, _ words: String, at store: Store) throws {
        try store.asOneEntry(words) {
            _ = try store.edit(
                [Edit(id: article, kind: "article", changes: [.init(field: field, json: Array(json.utf8))])],
                author: "ana")
        }
    }

    @discardableResult
    private func undoLast(_ store: Store) throws -> UndoReport {
        let entry = try #require(try store.log.lastOwnEntry())
        return try store.undo(entry, words: "undo", author: "ana")
    }

    @discardableResult
    private func redoLast(_ store: Store) throws -> UndoReport {
        let entry = try #require(try store.log.lastOwnEntry(isUndo: true))
        return try store.undo(entry, words: "redo", author: "ana")
    }

    private func news(_ numbers: Range<Int>, _ edition: String = "") -> [ImportItem] {
        numbers.map { number in
            ImportItem(
                kind: "article",
                fields: [
                    ("title", canonicalString("Article \(number) \(edition)")),
                    ("url", canonicalString("https://example.org/\(number)")),
                    ("body", canonicalString(String(repeating: "word \(number) ", count: 300))),
                ], source: ItemSource(scope: "feed:x", id: "\(number)"))
        }
    }

    private func importing(_ items: [ImportItem], at store: Store) throws {
        try store.asOneEntry("import news.jsonl") {
            for start in stride(from: 0, to: items.count, by: 20) {
                _ = try store.importBatch(
                    Array(items[start..<min(start + 20, items.count)]), author: "ana")
            }
        }
    }

    private func liveCount(_ store: Store) throws -> Int {
        try store.recordCounts().first { $0.kind == "article" }?.count ?? 0
    }

    @Test func `undo twice takes back two entries, redo twice brings both back`() throws {
        let store = try Replicas(1)[0]
        try set("title", "\"A\"", "add article", at: store)
        try set("title", "\"B\"", "set title", at: store)
        try set("title", "\"C\"", "set title", at: store)
        try undoLast(store)
        #expect(try title(store) == "B")
        try undoLast(store)
        #expect(try title(store) == "A")
        try redoLast(store)
        #expect(try title(store) == "B")
        try redoLast(store)
        #expect(try title(store) == "C")
        #expect(try store.log.lastOwnEntry(isUndo: true) == nil)
        try undoLast(store)
        #expect(try title(store) == "B")
        try set("title", "\"D\"", "set title", at: store)
        #expect(try store.log.lastOwnEntry(isUndo: true) == nil)
        #expect(try store.verify().damaged.isEmpty)
    }

    @Test func `a tag that was added, removed and added again is undone step by step`() throws {
        let store = try Replicas(1)[0]
        try set("title", "\"A\"", "add article", at: store)
        for value in ["true", "false", "true"] { try set("tags/river", value, "tag", at: store) }
        for isTagged in [false, true, false] {
            let report = try undoLast(store)
            #expect(report.left.isEmpty)
            #expect(try (store.view(article, kind: "article")?.tags == ["river"]) == isTagged)
        }
        // Nothing is left of what came after the article was made, so undoing that deletes it.
        #expect(try undoLast(store).changes.map(\.effect) == [.deletedRecord])
        for _ in 0..<4 { #expect(try redoLast(store).left.isEmpty) }
        #expect(try store.view(article, kind: "article")?.tags == ["river"])
        #expect(try store.verify().damaged.isEmpty)
    }

    @Test func `an import in many transactions is one entry, and one undo takes all of it back`() throws {
        let store = try Replicas(1)[0]
        try importing(news(0..<100), at: store)
        var entries: [LogEntry] = []
        try store.log.forEachLogEntry { entry in
            entries.append(entry)
            return true
        }
        #expect(entries.map(\.words) == ["import news.jsonl"] && entries[0].positions.count > 4)
        #expect(try store.log.records(of: entries[0], limit: 10).count == 100)
        let report = try undoLast(store)
        #expect(report.changes.count == 100 && report.left.isEmpty)
        #expect(try liveCount(store) == 0)
        // The same file again is no news.
        try importing(news(0..<100), at: store)
        #expect(try liveCount(store) == 0)
        try redoLast(store)
        #expect(try liveCount(store) == 100)
        #expect(try store.verify().damaged.isEmpty)
    }

    @Test func `two mirrors that undo the same import agree without a conflict`() throws {
        let group = try Replicas(2)
        try importing(news(0..<10), at: group[0])
        try importing(news(0..<10), at: group[1])
        try importing(news(0..<5, "changed"), at: group[0])
        try importing(news(0..<5, "changed"), at: group[1])
        try group.syncAll()
        for store in [group[0], group[1]] {
            let report = try undoLast(store)
            #expect(report.changes.count == 5 && report.left.isEmpty && !report.sharedWith.isEmpty)
        }
        try group.syncAll()
        for store in [group[0], group[1]] {
            #expect(try store.openConflicts == 0)
            var titles: [String] = []
            try store.forEachRecord(RecordFilter()) { record in
                titles.append(record.string("title") ?? "")
                return true
            }
            #expect(titles.count == 10 && !titles.contains { $0.contains("changed") })
            #expect(try store.verify().damaged.isEmpty)
        }
        #expect(try group[0].digest == group[1].digest)
    }

    @Test func `an undo of a resolution opens the conflict again on every mirror`() throws {
        let group = try Replicas(2)
        try set("title", "\"Water\"", "add article", at: group[0])
        try group.syncAll()
        try set("title", "\"A\"", "set title", at: group[0])
        group.world.advance(milliseconds: 10)
        try set("title", "\"B\"", "set title", at: group[1])
        try group.syncAll()
        let shown = try title(group[0])
        try set("title", "\"C\"", "resolve title", at: group[0])
        #expect(try group[0].openConflicts == 0)
        let report = try undoLast(group[0])
        #expect(report.changes.map(\.effect) == [.reopenedConflict(values: 2)])
        try group.syncAll()
        for store in [group[0], group[1]] {
            #expect(try store.openConflicts == 1)
            #expect(try title(store) == shown)
        }
        try undoLast(group[1])
        #expect(try group[0].verify().damaged.isEmpty && group[1].verify().damaged.isEmpty)
    }

    @Test func `undo leaves and names the values that others changed since`() throws {
        let group = try Replicas(2)
        try importing(news(0..<3), at: group[0])
        try group.syncAll()
        let id = try #require(try firstArticle(group[1]))
        _ = try group[1].edit(
            [Edit(id: id, kind: "article", changes: [.init(field: "title", json: canonicalString("Ben's"))])],
            author: "ben")
        try group.syncAll()
        let report = try undoLast(group[0])
        #expect(report.changes.count == 2 && report.left.count == 1)
        #expect(report.left[0].id == id && report.left[0].field == nil)
        guard case .recordInUse(let author, _) = report.left[0].reason else { return #expect(Bool(false)) }
        #expect(author == "ben")
        #expect(try liveCount(group[0]) == 1)
    }

    private func firstArticle(_ store: Store) throws -> RecordID? {
        var found: RecordID?
        try store.forEachRecord(RecordFilter()) { record in
            found = record.id
            return false
        }
        return found
    }

    @Test func `the undo of a delete restores the record, and the undo of a restore deletes it`() throws {
        let store = try Replicas(1)[0]
        try set("title", "\"Water\"", "add article", at: store)
        try store.asOneEntry("delete") { _ = try store.delete(article, kind: "article", author: "ana") }
        try undoLast(store)
        #expect(try store.view(article, kind: "article")?.isDeleted == false)
        try redoLast(store)
        #expect(try store.view(article, kind: "article")?.isDeleted == true)
        try store.asOneEntry("restore") { _ = try store.restore(article, kind: "article", author: "ana") }
        try undoLast(store)
        #expect(try store.view(article, kind: "article")?.isDeleted == true && store.openConflicts == 0)
        #expect(try store.verify().damaged.isEmpty)
    }

    @Test func `the undo of a delete that had settled a deletion conflict opens that conflict again`() throws
    {
        let group = try Replicas(2)
        try set("title", "\"Water\"", "add article", at: group[0])
        try group.syncAll()
        _ = try group[0].delete(article, kind: "article", author: "ana")
        _ = try group[1].delete(article, kind: "article", author: "ben")
        try group[1].asOneEntry("restore") {
            _ = try group[1].restore(article, kind: "article", author: "ben")
        }
        try group.syncAll()
        let before = try (group[0].openConflicts, group[0].view(article, kind: "article")?.isDeleted)
        #expect(before.0 == 1)
        try group[0].asOneEntry("delete") { _ = try group[0].delete(article, kind: "article", author: "ana") }
        #expect(try group[0].openConflicts == 0)
        try undoLast(group[0])
        #expect(try group[0].openConflicts == before.0)
        #expect(try group[0].view(article, kind: "article")?.isDeleted == before.1)
        try group.syncAll()
        #expect(try group[1].openConflicts == 1)
    }

    @Test func `the undo of a purge is refused and writes nothing`() throws {
        let store = try Replicas(1)[0]
        try set("title", "\"Water\"", "add article", at: store)
        try store.asOneEntry("delete") { _ = try store.delete(article, kind: "article", author: "ana") }
        try store.asOneEntry("purge") { _ = try store.purge(article, kind: "article", author: "ana") }
        let position = try store.position
        let error = #expect(throws: StorageError.self) { try undoLast(store) }
        #expect(error?.code == .purged)
        #expect(try store.position == position)
    }

    @Test func `undo leaves and names a field whose earlier text a compaction dropped`() throws {
        let store = try Replicas(1)[0]
        try set("title", "\"Water, an earlier title\"", "add article", at: store)
        try set("title", "\"High water\"", "set title", at: store)
        _ = try store.compact()
        let report = try undoLast(store)
        #expect(
            report.left.map(\.reason) == [.textMissing] && report.changes.isEmpty && report.written == nil)
        #expect(try title(store) == "High water")
    }

    @Test func `a preview writes nothing and tells what an undo does`() throws {
        let store = try Replicas(1)[0]
        try set("title", "\"A\"", "add article", at: store)
        try set("title", "\"B\"", "set title", at: store)
        let position = try store.position
        let entry = try #require(try store.log.lastOwnEntry())
        let preview = try store.previewUndo(of: entry)
        #expect(try store.position == position && preview.written == nil)
        #expect(preview.changes.map(\.effect) == [.gaveBack])
    }

    @Test func `a write that fails leaves the begun log entry to the next writes`() throws {
        let store = try Replicas(1)[0]
        try set("title", "\"A\"", "add article", at: store)
        struct Stop: Error {}
        store.beginEntry("set twice")
        #expect(throws: Stop.self) {
            try store.edit(author: "ana") { () throws -> [RecordEdit] in throw Stop() }
        }
        for value in ["\"B\"", "\"C\""] {
            _ = try store.edit(
                [
                    Edit(
                        id: article, kind: "article",
                        changes: [.init(field: "title", json: Array(value.utf8))])
                ],
                author: "ana")
        }
        let entry = try #require(try store.log.lastOwnEntry())
        #expect(entry.words == "set twice" && entry.positions.count == 2)
    }
}
