import Testing

@testable import QuipuFormats

@Suite struct LineReaderTests {
    private func lines(_ text: String, _ ends: LineReader.Ends, maximum: Int) throws -> [String] {
        var reader = LineReader(
            ByteSource(bytes: Array(text.utf8), name: "memory"), ends: ends, byteOffset: 0,
            maximumLineBytes: maximum)
        var found: [String] = []
        var offset = 0
        while let line = try reader.next() {
            #expect(line.number == found.count + 1)
            #expect(line.byteOffset >= offset)
            offset = line.byteOffset
            found.append(
                line.isTooLong ? "too long" : String(decoding: reader.buffer[line.range], as: UTF8.self))
        }
        return found
    }

    @Test(arguments: [1, 2, 3, 5, 8, 100])
    func `lines are read whole for any size of the buffer`(maximum: Int) throws {
        let text = "a\nbb\r\n\nccc\rddd\r\r\neeeeeee\n\n\rlast"
        func clipped(_ lines: [String]) -> [String] {
            lines.map { $0.utf8.count > maximum ? "too long" : $0 }
        }
        #expect(
            try lines(text, .any, maximum: maximum)
                == clipped(["a", "bb", "", "ccc", "ddd", "", "eeeeeee", "", "", "last"]))
        #expect(
            try lines(text, .lineFeeds, maximum: maximum)
                == clipped(["a", "bb", "", "ccc\rddd\r", "eeeeeee", "", "\rlast"]))
        #expect(try lines("", .any, maximum: maximum) == [])
        #expect(try lines("\r", .any, maximum: maximum) == [""])
        #expect(try lines("\n", .lineFeeds, maximum: maximum) == [""])
    }

    @Test func `line offsets count the bytes that were skipped`() throws {
        var reader = LineReader(
            ByteSource(bytes: Array("abcdefghij\nxy\r\nz".utf8), name: "memory"), ends: .any,
            byteOffset: 3, maximumLineBytes: 4)
        var offsets: [Int] = []
        while let line = try reader.next() { offsets.append(line.byteOffset) }
        #expect(offsets == [3, 14, 18])
    }
}
