import Foundation
import Testing

@testable import QuipuFormats

@Suite struct FlatMemoryTests {
    /// A file with one line of 100 MB between two good ones.
    private func longLine(in folder: ScratchFolder, good: String) throws -> String {
        let file = folder.path + "/long"
        #expect(FileManager.default.createFile(atPath: file, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: file))
        try handle.write(contentsOf: Data("\(good)\n\n{\"title\":\"".utf8))
        let block = Data(repeating: UInt8(ascii: "x"), count: 1 << 20)
        for _ in 0..<100 { try handle.write(contentsOf: block) }
        try handle.write(contentsOf: Data("\"}\n\n\(good)\n".utf8))
        try handle.close()
        return file
    }

    @Test(arguments: [SourceFormat.jsonl, .text])
    func `a line of 100 MB is rejected and the remaining lines are read`(format: SourceFormat) throws {
        let folder = try ScratchFolder()
        let good = format == .jsonl ? "{\"title\":\"good\"}" : "good"
        let reading = try Reading(path: try longLine(in: folder, good: good), as: format)
        #expect(reading.items.count == 2)
        #expect(reading.rejections.map(\.place.line) == [3])
    }

    /// The process's own peak says nothing while other tests run beside this one; the buffer does, as it is
    /// all that a reader of lines keeps.
    @Test func `a line of 100 MB uses a bounded buffer, which is released after it`() throws {
        let folder = try ScratchFolder()
        let file = try longLine(in: folder, good: "good")
        var lines = LineReader(try ByteSource(path: file), ends: .lineFeeds, byteOffset: 0)
        var most = 0
        var found: [Bool] = []
        while let line = try lines.next() {
            found.append(line.isTooLong)
            most = max(most, lines.buffer.count)
        }
        #expect(found == [false, false, true, false, false])
        #expect(most <= SourceLimits.maximumLineBytes + LineReader.blockBytes)
        #expect(lines.buffer.count <= LineReader.blockBytes)
    }
}
