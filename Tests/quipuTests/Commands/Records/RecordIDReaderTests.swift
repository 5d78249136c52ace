import Quipu
import Testing

@testable import quipu

/// Ids as they come from standard input.
struct RecordIDReaderTests {
    private func names(_ text: String, pieces: Int = .max) throws -> [String] {
        var reader = RecordIDReader()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            try reader.take(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
        }
        try reader.endLine()
        return reader.names
    }

    @Test(arguments: [1, 3, Int.max])
    func `the first word of each line counts, but for the title of a table`(pieces: Int) throws {
        let table = "HANDLE    KIND     TITLE\n3k9x7t2m  article  One\n\n  article:4fc7  note\r\n"
        #expect(try names(table, pieces: pieces) == ["3k9x7t2m", "article:4fc7"])
        #expect(try names("a b\nHANDLE x", pieces: pieces) == ["a", "HANDLE"])
    }

    @Test func `the id of a JSON object counts, with its kind`() throws {
        let lines = #"{"kind":"note","id":"018f","fields":{"id":"x"}}"# + "\n" + #" {"id":"3k9x"}"#
        #expect(try names(lines, pieces: 5) == ["note:018f", "3k9x"])
        for line in ["{", "{}", #"{"id":5}"#, #"{"id":"a"} b"#] {
            #expect(throws: QuipuError.self) { try names(line) }
        }
    }

    @Test(arguments: ["", "\n\n", "nothing found\n", "no records fit\n", "no deleted record matches"])
    func `an empty listing names nothing`(text: String) throws {
        #expect(try names(text) == [])
    }
}
