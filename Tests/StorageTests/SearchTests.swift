import CanonicalJSON
import Causality
import Storage
import Support
import Testing

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
    func `no query text is an error`(query: String) throws {
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
}
