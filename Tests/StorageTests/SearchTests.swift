import QuipuCanonicalJSON
import QuipuCausality
import QuipuSQLite
import Support
import Testing

@testable import QuipuStorage

@Suite struct SearchTests {
    private func store() throws -> Replicas {
        let group = try Replicas(1)
        let texts = [
            ("President Lenín Moreno", "A speech about the river."),
            ("El mercado", "Tupaq Ñáñez vende papas."),
            ("Der Fluß", "Ein Fluß ohne Brücke."),
        ]
        for (index, text) in texts.enumerated() {
            try group.add(
                [
                    ("title", String(decoding: canonicalString(text.0), as: UTF8.self)),
                    ("body", String(decoding: canonicalString(text.1), as: UTF8.self)),
                ],
                id: UInt128(index + 1), at: 0)
        }
        return group
    }

    private func titles(_ query: String, in group: Replicas) throws -> [String] {
        var isFresh = true
        let hits = try group[0].search(query, isIndexFresh: &isFresh)
        #expect(isFresh)
        return hits.compactMap { $0.record.string("title") }
    }

    @Test func `letters match with and without diacritics, in any case`() throws {
        let group = try store()
        #expect(try titles("lenin", in: group) == ["President Lenín Moreno"])
        #expect(try titles("NANEZ", in: group) == ["El mercado"])
        #expect(try titles("brucke", in: group) == ["Der Fluß"])
    }

    @Test(arguments: [
        "'\" OR NEAR(", "\"", "*", "AND", "NEAR(a b, 3)", "title:", "-", "(", ")", "a\0b", "{x y}:z", "^",
        "🙂", "",
        String(repeating: "a ", count: 5_000), "\"unclosed", "col:\"x\" OR *", "a\"\u{301}b", "a*\u{301}",
        "a\0\u{301}",
    ])
    func `every query text is accepted without an error`(query: String) throws {
        let group = try store()
        _ = try titles(query, in: group)
    }

    @Test func `an edited record is found by its new text only`() throws {
        let group = try store()
        #expect(try titles("river", in: group).count == 1)
        try group.add([("body", "\"A speech about trains.\"")], id: 1, at: 0)
        #expect(try titles("river", in: group).isEmpty)
        #expect(try titles("trains", in: group).count == 1)
    }

    @Test func `a hit shows the words around it`() throws {
        let group = try store()
        var isFresh = true
        let hit = try #require(try group[0].search("papas", isIndexFresh: &isFresh).first)
        #expect(hit.snippet == "Tupaq Ñáñez vende [papas].")
    }

    @Test func `deleted records are not found`() throws {
        let group = try store()
        _ = try group[0].delete(RecordID(rawValue: 1), kind: "article", author: "ana")
        #expect(try titles("lenin", in: group).isEmpty)
    }

    @Test func `titles rank before bodies, those before notes, and those before the rest`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"D\""), ("author", "\"water\"")], id: 1, at: 0)
        try group.add([("text", "\"water\"")], kind: "note", id: 2, at: 0)
        try group.add([("title", "\"B\""), ("body", "\"water, water, and water again\"")], id: 3, at: 0)
        try group.add([("title", "\"The water of the valley and its keepers\"")], id: 4, at: 0)
        #expect(try ids("water", in: group) == [4, 3, 2, 1])
    }

    @Test func `all text is searched, in any field and at any depth`() throws {
        let group = try Replicas(1)
        try group.add(
            [
                ("title", "\"One\""), ("x-description", "\"alpaca\""),
                ("x-highlights", "[{\"text\":\"vicuña\"},{\"text\":\"llama\"}]"), ("tags/guanaco", "true"),
                ("tags/huemul", "false"), ("url", "\"https://example.org/condor\""), ("language", "\"es\""),
                ("collections/018f0000-0000-7000-8000-000000000001", "true"),
            ],
            id: 1, at: 0)
        try group.add([("lines", "[\"pudu\"]"), ("number", "7")], kind: "recording", id: 2, at: 0)
        try group.add(
            [("quote", "{\"exact\":\"taruca\",\"prefix\":\"suri\"}")], kind: "annotation", id: 3, at: 0)
        for word in ["alpaca", "vicuna", "llama", "guanaco", "condor"] {
            #expect(try ids(word, in: group) == [1])
        }
        #expect(try ids("pudu", in: group) == [2])
        #expect(try ids("taruca", in: group) == [3])
        for word in ["huemul", "es", "018f0000", "suri", "text"] { #expect(try ids(word, in: group) == []) }
    }

    @Test func `a phrase does not match across two fields`() throws {
        let group = try Replicas(1)
        try group.add([("tags/north", "true"), ("x-a", "\"river\""), ("x-b", "\"bank\"")], id: 1, at: 0)
        #expect(try ids("\"river bank\"", in: group) == [])
        #expect(try ids("river bank north", in: group) == [1])
    }

    @Test(arguments: [
        ("我正在为我的手机应用写一个离线搜索工具。", ["离线", "搜索", "手机", "写", "具", "离线搜索工具"], ["线离", "手用"]),
        ("東京都の水道について", ["東京", "水道", "東*", "京都の", "水"], ["道水"]),
        ("ภาษาไทยไม่มีช่องว่างระหว่างคำ", ["ภาษา", "ช่องว่าง", "ไทย"], ["ไทยภาษา"]),
        ("한국어 문서를 검색합니다", ["문서", "검색", "한국어 문서", "\"문서를 검색\""], ["\"국어 검색\""]),
        (
            "the \u{FB01}nal water\u{AD}works", ["final", "waterworks", "WATER*", "\"final waterworks\""],
            ["works"]
        ),
        ("الكتاب المفيد", ["كتاب", "الكتاب", "مفيد"], ["كتب"]),
        ("Übergrößenträger in Łódź", ["ubergrossentrager", "lodz", "ÜBERGRÖSSENTRÄGER"], []),
    ])
    func `words are found in every script`(text: String, found: [String], missed: [String]) throws {
        let group = try Replicas(1)
        try group.add([("body", String(decoding: canonicalString(text), as: UTF8.self))], id: 1, at: 0)
        for query in found { #expect(try ids(query, in: group) == [1], "\(query)") }
        for query in missed { #expect(try ids(query, in: group) == [], "\(query)") }
    }

    @Test func `a hit is looked up by its document and not the other way round`() throws {
        let group = try store()
        _ = try titles("river", in: group)
        let program = try ChildProgram(
            [
                "sqlite3", group[0].folder.storePath, "EXPLAIN QUERY PLAN \(Search.ranking)",
            ], in: group.folder.path, environment: QuipuProcess.environment())
        let plan = try program.finish()
        let steps = String(decoding: plan.outputBytes, as: UTF8.self)
        #expect(plan.exitCode == 0 && steps.contains("SCAN search VIRTUAL TABLE INDEX"), "\(steps)")
        #expect(steps.contains("SEARCH searchable USING INTEGER PRIMARY KEY (rowid=?)"), "\(steps)")
        // Neither table is gone through for each row of the other, and only what was chosen is sorted.
        #expect(!steps.contains("SCAN searchable") && !steps.contains("AUTOMATIC"), "\(steps)")
        #expect(steps.split(separator: "\n").count { $0.contains("TEMP B-TREE") } == 1, "\(steps)")
    }

    private func ids(_ query: String, in group: Replicas) throws -> [UInt128] {
        var isFresh = true
        return try group[0].search(query, isIndexFresh: &isFresh).map(\.record.id.rawValue)
    }

    // MARK: an index of a connection's own

    /// A connection that made an index for itself, since nothing more could be written.
    private func crowded() throws -> Replicas {
        let group = try Replicas(1)
        let items = (0..<200).map { number in
            let words = (0..<60).map { "word\(number)x\($0)" }.joined(separator: " ")
            return ImportItem(
                kind: "article",
                fields: [
                    (name: "title", json: canonicalString("Article \(number)")),
                    (name: "body", json: canonicalString(words)),
                ])
        }
        _ = try group[0].importBatch(items, author: "ana")
        // As on a full disk.
        try group[0].database.execute("PRAGMA max_page_count = 1")
        #expect(try titles("word7x3", in: group) == ["Article 7"])
        #expect(group[0].archive.hasMadePrivateIndex)
        return group
    }

    private func finds(_ query: String, by store: Store) throws -> Bool {
        var isFresh = true
        return try !store.search(query, isIndexFresh: &isFresh).isEmpty
    }

    @Test func `an index of a connection's own hides nothing that another one has indexed since`()
        throws
    {
        let group = try crowded()
        let other = try Store(opening: group[0].folder, environment: group.world.environment())
        let item = ImportItem(kind: "article", fields: [(name: "title", json: canonicalString("Highwater"))])
        _ = try other.importBatch([item], author: "ben")
        #expect(try finds("highwater", by: other))
        #expect(try titles("highwater", in: group) == ["Highwater"])
    }

    @Test func `what a connection writes after it made an index for itself is found by all`() throws {
        let group = try crowded()
        try group[0].database.execute("PRAGMA max_page_count = 1073741823")
        try group.add([("title", "\"Highwater\"")], id: 1_000, at: 0)
        #expect(try titles("highwater", in: group) == ["Highwater"])
        let other = try Store(opening: group[0].folder, environment: group.world.environment())
        for query in ["highwater", "word7x3"] {
            #expect(try finds(query, by: other), "\(query)")
        }
        #expect(try group[0].verify().damaged == [])
    }
}
