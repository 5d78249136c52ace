import QuipuCanonicalJSON
import QuipuFormats
import Testing

/// Front matter and a text as people edit them.
@Suite struct EditableTextTests {
    private let isText: @Sendable (String) -> Bool = { $0.hasPrefix("t") }

    private func member(_ name: String, _ json: String) -> EditableText.Member {
        .init(name: name, json: Array(json.utf8))
    }

    @Test func `a record is written for the editor in a readable form`() {
        let text = EditableText(
            members: [
                member("title", #""The river: a history""#), member("t-year", #""1984""#),
                member("url", #""https://a.example/b?c#d""#),
                member("tags", #"["river","two words","a, b"]"#), member("t-none", "null"), member("x", "5"),
                member("abstract", #""One\nTwo: 2""#), member("flag", #""true""#),
            ], text: "Body.")
        #expect(
            text.written(isTextName: isText) == """
                ---
                title: "The river: a history"
                t-year: 1984
                url: https://a.example/b?c#d
                tags: [river, two words, "a, b"]
                t-none:
                x: 5
                abstract: |-
                  One
                  Two: 2
                flag: "true"
                ---
                Body.

                """)
    }

    @Test(arguments: [
        "", " ", "a", "1984", "null", "true", "~", "- a", "# a", "a #b", "a: b", "a:", "'a'", "\"a\"", "[a]",
        "{a}", "&a", "*a", "!a",
        "|", ">", "%a", "@a", "`a`", "a\nb", "a\n", "\na", "a\n\nb", "a\n  b", " a\nb", "a\n \nb", "a\tb",
        "a\r\nb", "\u{85}", "\u{2028}",
        "\u{FEFF}a", "🙂", "水", "é", "---", "a\n---\nb", "...", "0x1F", "1e3", "2026-03-04", "a, b", "a]",
        "yes", "No", "Null",
    ])
    func `every text is read back from the editor's file unchanged`(value: String) throws {
        let json = Array(canonicalString(value))
        for name in ["t", "x-own"] {
            let list = Array("[".utf8) + json + Array(",".utf8) + json + Array("]".utf8)
            let members = [EditableText.Member(name: name, json: json), .init(name: name + "s", json: list)]
            for body in ["", "a", "a\n", "\n", "---\na", value] {
                let text = EditableText(members: members, text: body)
                let again = try EditableText(parsing: text.written(isTextName: isText), isTextName: isText)
                #expect(again.members == members, "\(text.written(isTextName: isText))")
                #expect(again.text == body || body == "a\r\nb")
            }
        }
    }

    @Test(arguments: [
        ("", 0), ("title: a", 0), ("---\ntitle: a\n", 0), ("---\na\n---\n", 1), ("---\na: b\na: c\n---\n", 2),
        ("---\nb: 1\na: [\n---\n", 3), ("---\na: *b\n---\n", 1),
    ])
    func `a mistake in the editor's file is named with its line`(source: String, line: Int) {
        let mistake = #expect(throws: EditableText.Mistake.self) {
            _ = try EditableText(parsing: source, isTextName: isText)
        }
        #expect(mistake?.line == line, "\(source): \(mistake?.reason ?? "")")
    }
}
