import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

@Suite struct SnippetTests {
    private func snippet(_ query: String, of text: String) throws -> String {
        let group = try Replicas(1)
        try group.add([("body", String(decoding: canonicalString(text), as: UTF8.self))], id: 1, at: 0)
        var isFresh = true
        return try group[0].search(query, isIndexFresh: &isFresh).first?.snippet ?? ""
    }

    @Test(arguments: [
        ("waterworks", "the water\u{AD}works", "the [water\u{AD}works]"),
        ("final", "a \u{FB01}nal one", "a [\u{FB01}nal] one"),
        ("cafe", "Le Cafe\u{301}.", "Le [Café]."), ("水道", "東京都の水道について", "東京都の[水道]について"),
        ("水道につ", "東京都の水道について", "東京都の[水道につ]いて"), ("道", "水道について", "水[道]について"),
        ("cat dog", "a dog\n\na  cat", "a [dog] a [cat]"), ("\"b c\"", "a b c b", "a [b c] b"),
        ("har*", "the harbour", "the [harbour]"),
    ])
    func `a snippet marks the match in the original characters`(query: String, text: String, expected: String)
        throws
    {
        #expect(try snippet(query, of: text) == expected)
    }

    @Test(arguments: [
        "water ", "水道", "a\u{301}\u{302}", "👩\u{200D}🚀", String(repeating: "x", count: 5_000),
    ])
    func `a snippet is short and cut at boundaries, whatever surrounds the match`(filler: String) throws {
        let around = String(repeating: filler, count: 400)
        let found = try snippet("needle", of: "\(around) needle \(around)")
        #expect(found.contains("[needle]"))
        #expect(found.unicodeScalars.count <= 130, "\(found)")
        #expect(found.hasPrefix("…") && found.hasSuffix("…"))
        // Neither half a word nor half a character.
        if filler == "water " {
            #expect(
                found.dropFirst().dropLast().split(separator: " ").allSatisfy {
                    ["water", "[needle]"].contains($0)
                })
        }
    }

    @Test func `a snippet never joins two fields`() throws {
        let group = try Replicas(1)
        try group.add([("author", "\"Ana\""), ("publisher", "\"Press\"")], id: 1, at: 0)
        var isFresh = true
        let hit = try #require(try group[0].search("ana press", isIndexFresh: &isFresh).first)
        #expect(hit.snippet == "[Ana]")
    }
}
