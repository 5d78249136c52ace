import Quipu
import Testing

/// Nothing below the library is imported here: what a client writes must compile so.
@Suite struct EditingTests {
    private let folder: TemporaryFolder
    private let archive: Archive

    init() throws {
        folder = try TemporaryFolder()
        archive = try Archive.create(at: folder.path + "/press", named: "press", as: "Ana Ruiz")
    }

    private func article(_ title: String, tags: [String] = []) throws -> RecordID {
        try archive.write { t in
            try t.add(.article) {
                $0.title = title
                for tag in tags { $0.tags.insert(tag) }
            }
        }
    }

    private func record(_ id: RecordID) throws -> Record {
        try #require(try archive.read { try $0.record(id) })
    }

    @Test func `an article that was added is read, listed by its tag and found by its words`() throws {
        let id = try article("High water in March", tags: ["river"])
        _ = try article("Something else")
        #expect(try record(id).fields.title == "High water in March")
        #expect(try archive.read { try $0.records(RecordFilter(tag: "river")).map(\.id) } == [id])
        #expect(try archive.read { try $0.search("water march").map(\.record.id) } == [id])
        #expect(try archive.read { try $0.find(id.handle).id } == id)
        #expect(try archive.read { try $0.counts() } == [.article: 2])
    }

    @Test func `iteration over records stops when the caller stops it`() throws {
        for title in ["one", "two", "three"] { _ = try article(title, tags: ["seen"]) }
        var titles: [String?] = []
        try archive.read { archive in
            try archive.forEachRecord(RecordFilter(tag: "seen")) { record in
                titles.append(record.fields.title)
                return titles.count < 2
            }
        }
        #expect(titles == ["one", "two"])
        struct Mistake: Error {}
        #expect(throws: Mistake.self) {
            try archive.read { try $0.forEachRecord { _ in throw Mistake() } }
        }
        #expect(try archive.read { try $0.records(limit: 1).map(\.fields.title) } == ["one"])
    }

    @Test func `one transaction on several records is one entry of the log`() throws {
        let before = try archive.position()
        let ids = try archive.write { t in
            try ["one", "two", "three"].map { title in try t.add(.article) { $0.title = title } }
        }
        try archive.write { t in
            try t.edit(ids[0]) { $0["publisher"] = "Press" }
            try t.edit(ids[0]) { $0.title = "first" }
            try t.delete(ids[1])
        }
        #expect(try record(ids[0]).fields.title == "first")
        #expect(try record(ids[0]).fields["publisher"] == "Press")
        #expect(try record(ids[1]).isDeleted)
        #expect(
            try archive.read { try $0.history(of: ids[0]).map(\.fields) } == [
                ["title"], ["publisher", "title"],
            ])
        #expect(try archive.read { try $0.history(of: ids[1]).last?.fields } == ["deleted"])
        #expect(try archive.position() > before)
        try archive.write { t in try t.restore(ids[1]) }
        #expect(try !record(ids[1]).isDeleted)
    }

    @Test func `a transaction that throws leaves nothing behind`() throws {
        struct Mistake: Error {}
        let id = try article("stays")
        let position = try archive.position()
        #expect(throws: Mistake.self) {
            try archive.write { t in
                try t.edit(id) { $0.title = "is not written" }
                throw Mistake()
            }
        }
        #expect(try record(id).fields.title == "stays")
        #expect(try archive.position() == position)
    }

    @Test func `an edit is refused when the field was changed after it was read`() throws {
        let id = try article("as read")
        let observed = try record(id)
        try archive.write { t in try t.edit(id) { $0.title = "by somebody else" } }
        let error = #expect(throws: QuipuError.self) {
            try archive.write { t in try t.edit(observed) { $0.title = "over it" } }
        }
        #expect(error?.code == .changedMeanwhile)
        try archive.write { t in try t.edit(observed) { $0["publisher"] = "Press" } }
        #expect(try record(id).fields.title == "by somebody else")
        #expect(try record(id).fields["publisher"] == "Press")
    }

    @Test(arguments: [
        ("unknown-field", "colour", Value.string("red")), ("wrong-type", "date", "next summer"),
        ("wrong-type", "title", 7), ("wrong-type", "x-count", .number(.nan)),
    ])
    func `a value that a field does not accept is refused with an error code`(
        code: String, field: String, value: Value
    )
        throws
    {
        let id = try article("as it was")
        let error = #expect(throws: QuipuError.self) {
            try archive.write { t in try t.edit(id) { $0[field] = value } }
        }
        #expect(error?.code.rawValue == code)
        #expect(try record(id).fields.names == ["title"])
    }

    @Test(arguments: ["", " river", "river ", "two\nlines"])
    func `a malformed tag is refused`(tag: String) throws {
        let id = try article("as it was")
        let error = #expect(throws: QuipuError.self) {
            try archive.write { t in try t.edit(id) { $0.tags.insert(tag) } }
        }
        #expect(error?.code == .wrongType)
        #expect(try record(id).fields.tags.isEmpty)
    }

    @Test(arguments: [0, -1]) func `a limit of zero returns nothing`(limit: Int) throws {
        _ = try article("one")
        #expect(try archive.read { try $0.records(limit: limit) }.isEmpty)
        #expect(try archive.read { try $0.search("one", limit: limit) }.isEmpty)
    }

    @Test func `edits of deleted, unknown or duplicate records are refused`() throws {
        let id = try article("gone soon")
        let unknown = try #require(RecordID("article:018f6b6e-7a51-7cc2-9d2c-0f8a4f1f6a52"))
        try archive.write { t in try t.delete(id) }
        func code(_ body: (inout Transaction) throws -> Void) -> String? {
            #expect(throws: QuipuError.self) { try archive.write { try body(&$0) } }?.code.rawValue
        }
        #expect(code { try $0.edit(id) { $0.title = "back" } } == "deleted")
        #expect(code { try $0.edit(unknown) { $0.title = "new" } } == "unknown-record")
        #expect(code { try $0.restore(unknown) } == "unknown-record")
        let other = try article("other")
        #expect(code { try $0.restore(other) } == "not-deleted")
        #expect(
            code {
                try $0.edit(other) { $0.title = "edited" }
                try $0.delete(other)
            } == "edited-twice")
    }

    @Test func `an id is read back from its written form`() throws {
        let id = try article("any")
        #expect(RecordID(id.description) == id)
        #expect(id.description == "article:\(id.uuid)")
        for text in ["", "article:", ":018f6b6e-7a51-7cc2-9d2c-0f8a4f1f6a52", "article:1", id.uuid] {
            #expect(RecordID(text) == nil, "\(text)")
        }
    }

    @Test func `a collection is the same on every replica and its name is unique`() throws {
        let id = try archive.write { t in try t.add(.collection) { $0.name = "Press" } }
        let error = #expect(throws: QuipuError.self) {
            try archive.write { t in _ = try t.add(.collection) { $0.name = "Press" } }
        }
        #expect(error?.code == .badName)
        let article = try article("in it")
        try archive.write { t in try t.edit(article) { $0.collections.insert(id) } }
        #expect(try archive.read { try $0.records(RecordFilter(collection: id)).map(\.id) } == [article])
        try archive.write { t in try t.edit(article) { $0.collections.remove(id) } }
        #expect(try archive.read { try $0.records(RecordFilter(collection: id)) }.isEmpty)
    }

    @Test func `an existing archive is opened, and a missing one is refused with an error code`() throws {
        _ = try article("there")
        let again = try Archive.open(at: archive.path, as: "Ben")
        #expect(again.identifier == archive.identifier)
        #expect(
            #expect(throws: QuipuError.self) { try Archive.open(at: folder.path + "/none", as: "Ben") }?.code
                == .noArchive)
        #expect(
            #expect(throws: QuipuError.self) {
                try Archive.create(at: archive.path, named: "press", as: "Ben")
            }?.code
                == .archiveExists)
        for name in ["", "two\nlines", String(repeating: "x", count: 300)] {
            #expect(
                #expect(throws: QuipuError.self) { try Archive.open(at: archive.path, as: name) }?.code
                    == .badName)
        }
    }

    @Test func `concurrent readers see whole transactions only`() async throws {
        let ids = try await archive.write { t in
            try (0..<2).map { _ in try t.add(.article) { $0.title = "0" } }
        }
        let archive = archive
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<2 {
                group.addTask {
                    for round in 0..<10 {
                        try await archive.write { t in
                            for id in ids { try t.edit(id) { $0.title = "\(writer) \(round)" } }
                        }
                    }
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<20 {
                        let titles = try await archive.read { archive in
                            try ids.map { try archive.record($0)?.fields.title }
                        }
                        #expect(titles[0] == titles[1])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await archive.read { try $0.history(of: ids[0]).count } == 21)
    }
}
