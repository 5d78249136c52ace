import Quipu
import Testing

/// Nothing below the library is imported here: what a client writes must compile so.
@Suite struct QueryTests {
    private let folder: TemporaryFolder
    private let archive: Archive

    init() throws {
        folder = try TemporaryFolder()
        archive = try Archive.create(at: folder.path + "/press", named: "press", as: "Ana Ruiz")
    }

    private func article(_ title: String, date: String? = nil, tags: [String] = []) throws -> RecordID {
        try archive.write { t in
            try t.add(.article) {
                $0.title = title
                $0.date = date
                for tag in tags { $0.tags.insert(tag) }
            }
        }
    }

    private func titles(_ query: String, sort: RecordOrder? = nil) throws -> [String] {
        try archive.read { try $0.records(matching: query, sort: sort).compactMap(\.fields.title) }
    }

    @Test func `a page of a query says how many records match in total`() throws {
        for number in 1...5 { _ = try article("Water \(number)", tags: ["river"]) }
        _ = try article("Fire")
        let page = try archive.read { try $0.records(matching: "water tag:river", sort: .title, limit: 2) }
        #expect(page.map(\.fields.title) == ["Water 1", "Water 2"])
        #expect(page.total == 5 && page.notes.isEmpty)
        #expect(page.hits.first?.passage == "[Water] 1")
        let next = try archive.read {
            try $0.records(matching: "water tag:river", sort: .title, offset: 2, limit: 2)
        }
        #expect(next.map(\.fields.title) == ["Water 3", "Water 4"])
        #expect(try archive.read { try $0.recordCount(matching: "-tag:river") } == 1)
        #expect(try archive.read { try $0.recordIDs(matching: "").count } == 6)
        for (offset, limit, count) in [(0, Int.max, 6), (.max, .max, 0), (4, 9, 2), (0, 0, 0), (-1, -1, 0)] {
            let page = try archive.read { try $0.records(matching: "", offset: offset, limit: limit) }
            #expect(page.count == count && page.total == 6)
        }
    }

    @Test func `records are sorted by date, title, change and arrival, and from either end`() throws {
        let old = try article("B", date: "2024-05")
        _ = try article("C", date: "2026")
        _ = try article("A")
        #expect(try titles("", sort: .date) == ["C", "B", "A"])
        #expect(try titles("", sort: .date.reversed) == ["B", "C", "A"])
        #expect(try titles("", sort: .title) == ["A", "B", "C"])
        #expect(try titles("", sort: .title.reversed) == ["C", "B", "A"])
        #expect(try titles("") == ["A", "C", "B"])
        #expect(try titles("", sort: .added.reversed) == ["B", "C", "A"])
        try archive.write { t in try t.edit(old) { $0["publisher"] = "Press" } }
        #expect(try titles("", sort: .changed).first == "B")
    }

    @Test func `a web address or a DOI names its article`() throws {
        let ids = try archive.write { t in
            try (1...2).map { number in
                try t.add(.article) {
                    $0.title = "Water \(number)"
                    $0["url"] = .string("https://example.org/water/\(number)")
                    if number == 1 { $0["doi"] = "10.1000/182" }
                }
            }
        }
        for (name, id) in [
            ("https://example.org/water/2", ids[1]), ("HTTP://example.org/water/1", ids[0]),
            ("10.1000/182", ids[0]),
            ("https://doi.org/10.1000/182", ids[0]),
        ] {
            #expect(try archive.read { try $0.find(name).id } == id, "\(name)")
        }
        for name in ["https://example.org/water", "https://example.org/", "10.1000/1", "water://2"] {
            let error = #expect(throws: QuipuError.self) { try archive.read { try $0.find(name).id } }
            #expect(error?.code == .unknownRecord, "\(name)")
        }
        _ = try archive.write { t in try t.add(.article) { $0["url"] = "https://example.org/water/2" } }
        let error = #expect(throws: QuipuError.self) {
            try archive.write { try $0.find("https://example.org/water/2").id }
        }
        #expect(error?.code == .ambiguousHandle)
    }

    @Test func `an edit is found by the next query`() throws {
        let id = try article("Water", date: "2024")
        #expect(try titles("date:2024") == ["Water"])
        try archive.write { t in
            try t.edit(id) {
                $0.date = "2025"
                $0.authors = ["Cy Ñáñez", "Bo Lee"]
                $0.title = "Fire"
            }
        }
        #expect(try titles("date:2024").isEmpty)
        #expect(try titles("date:2025 author:nanez author:\"bo lee\" title:fire") == ["Fire"])
        #expect(try titles("author:\"nanez bo\"").isEmpty)
        try archive.write { t in try t.delete(id) }
        #expect(try titles("date:2025").isEmpty)
        #expect(try titles("is:deleted fire date:2025") == ["Fire"])
    }

    @Test func `a filter without a match says so and suggests a similar value`() throws {
        _ = try article("Water", tags: ["river"])
        func note(_ query: String) throws -> QueryNote? {
            try archive.read { try $0.records(matching: query, limit: 1).notes.first }
        }
        #expect(try note("tag:rivr")?.message == "no record was ever tagged 'rivr'; did you mean 'river'?")
        for query in [
            "tag:x", "in:x", "lang:x", "kind:x", "has:x", "is:x", "before:x", "by:x", "id:x", "url:[x",
            "doi:x",
        ] {
            #expect(try note(query) != nil, "\(query)")
        }
        #expect(try note("tag:river water") == nil)
        #expect(try note("(water")?.code == .notUnderstood)
    }

    @Test func `a saved search is a collection that holds what its query finds`() throws {
        _ = try article("Water", tags: ["river"])
        let search = try archive.write { try $0.saveSearch("tag:river", as: "Rivers") }
        #expect(search.isNew)
        #expect(try titles("in:rivers") == ["Water"])
        _ = try article("Ice", tags: ["river"])
        #expect(try titles("in:Rivers -title:water") == ["Ice"])
        #expect(try titles("-in:Rivers kind:article").isEmpty)
        #expect(try archive.write { try $0.saveSearch("title:ice", as: "Rivers") }.isNew == false)
        #expect(try titles("in:Rivers") == ["Ice"])
        _ = try archive.write { t in try t.saveSearch("in:Rivers OR water", as: "More") }
        #expect(Set(try titles("in:More")) == ["Ice", "Water"])
    }

    @Test func `a saved search that cannot be read, or that leads to itself, is refused`() throws {
        _ = try archive.write { try $0.saveSearch("tag:river", as: "One") }
        for (query, name) in [("(a", "Two"), ("", "Two"), ("in:One", "One"), ("auther:x", "Two")] {
            let error = #expect(throws: QuipuError.self) {
                try archive.write { try $0.saveSearch(query, as: name) }
            }
            #expect(error?.code == .wrongType)
        }
        _ = try archive.write { try $0.saveSearch("in:One", as: "Two") }
        #expect(throws: QuipuError.self) { try archive.write { try $0.saveSearch("in:Two", as: "One") } }
        #expect(throws: QuipuError.self) {
            try archive.write { t in
                try t.add(.collection) {
                    $0.name = "Three"
                    $0["query"] = "a OR"
                }
            }
        }
    }

    @Test func `a saved search may find deleted records`() throws {
        let id = try article("Water")
        try archive.write { t in try t.delete(id) }
        _ = try archive.write { t in try t.saveSearch("is:deleted kind:article", as: "Bin") }
        #expect(try titles("in:Bin water") == ["Water"])
    }

    @Test func `an address, a DOI, an id and a handle alone find their records`() throws {
        let id = try archive.write { t in
            try t.add(.article) {
                $0.url = "https://www.example.org/a/?utm_source=x"
                $0.doi = "10.1000/182"
            }
        }
        _ = try article("10.1000 and example.org")
        for query in [
            "http://example.org/a", "10.1000/182", "https://doi.org/10.1000/182", id.uuid, id.handle,
            "article:\(id.handle)",
            "id:\(id.handle.prefix(5))",
        ] {
            #expect(try archive.read { try $0.recordIDs(matching: query).ids } == [id], "\(query)")
        }
    }

    @Test func `an export writes what fits a query, and refuses one that it cannot read`() throws {
        _ = try article("Water", tags: ["river"])
        _ = try article("Fire")
        var text: [UInt8] = []
        #expect(try archive.export(matching: "tag:river") { text += $0 }.records == 1)
        #expect(String(decoding: text, as: UTF8.self).contains("Water"))
        let error = #expect(throws: QuipuError.self) { try archive.export(matching: "(a") { _ in } }
        #expect(error?.code == .badQuery)
    }
}
