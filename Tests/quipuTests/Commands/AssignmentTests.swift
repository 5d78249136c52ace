import Quipu
import Testing

@testable import quipu

struct AssignmentTests {
    @Test func `a value is a word, or JSON behind a colon`() throws {
        #expect(try Assignment(field: "title", word: "5") == Assignment(field: "title", word: "5"))
        #expect(try Assignment(field: "title", word: "5").value == .word("5"))
        let json = try Assignment(field: "x-rating:", word: " { \"b\" : 1, \"a\":2 } ")
        #expect(json.field == "x-rating")
        #expect(json.value == .json(Array(#"{"a":2,"b":1}"#.utf8)))
    }

    @Test func `a field's name is put into normal form C`() throws {
        #expect(
            try Assignment(field: "x-cafe\u{301}", word: "").field.unicodeScalars.elementsEqual(
                "x-caf\u{E9}".unicodeScalars))
    }

    @Test func `malformed JSON is refused, and so is a field without a name`() {
        #expect(throws: UsageError.self) { try Assignment(field: "author:", word: "[1,") }
        #expect(throws: UsageError.self) { try Assignment(field: ":", word: "1") }
    }

    @Test func `one command cannot give a field two values`() {
        let refused = #expect(throws: UsageError.self) {
            try CommandSet.quipu.parse(["set", "abcd", "title=a", "title:=\"b\""])
        }
        #expect(refused?.message == "'title' is given twice")
    }
}

struct TagNameTests {
    @Test func `a tag is trimmed and put into normal form C`() throws {
        #expect(try TagName.normalised("  two words ") == "two words")
        #expect(try TagName.field("cafe\u{301}").utf8.elementsEqual("tags/café".utf8))
    }

    @Test(arguments: ["", "  ", "a\u{7}b", "a\nb", String(repeating: "x", count: 600)])
    func `an empty, overlong or multi-line text is refused as a tag`(name: String) {
        #expect(throws: UsageError.self) { try TagName.normalised(name) }
    }
}

struct ArchiveNameTests {
    @Test(arguments: [
        ("/media/ana/Reports 2026", "reports-2026"), ("/", "archive"), ("x/", "x"), ("--a--", "a"),
        ("Ñandú", "nandu"), ("新聞", "archive-d4a334"),
        ("_x", "x"), (String(repeating: "b", count: 80), String(repeating: "b", count: 64)),
    ])
    func `an archive's default name derives from its folder`(path: String, name: String) {
        #expect(ArchiveName.from(path) == name)
    }
}
