import Foundation
import QuipuFormats
import Testing

@Suite struct UnusableSourceTests {
    private func failure(_ bytes: [UInt8], as format: SourceFormat? = nil) -> InterchangeError? {
        #expect(throws: InterchangeError.self) { _ = try Reading(bytes, as: format) }
    }

    @Test(arguments: [[], [0x0A, 0x20], [0xEF, 0xBB, 0xBF], [0xEF, 0xBB, 0xBF, 0x0A]] as [[UInt8]])
    func `importing an empty file is an error`(bytes: [UInt8]) {
        #expect(failure(bytes)?.code == .emptyFile)
        #expect(failure(bytes, as: .jsonl)?.code == .emptyFile)
    }

    @Test func `importing a binary file is an error`() {
        #expect(failure(Array("text\u{0}".utf8))?.code == .binaryFile)
        var state: UInt32 = 7
        let noise = (0..<4_000).map { _ -> UInt8 in
            state = state &* 1_664_525 &+ 1_013_904_223
            return max(1, UInt8(state >> 24))
        }
        #expect(failure(noise)?.code == .binaryFile)
        #expect(failure([0x1F, 0x8B, 0x08, 0x00])?.hint.isEmpty == false)
    }

    @Test func `text in Latin-1 is not taken for binary but rejected where it is malformed`() throws {
        let latin =
            Array("Le gouvernement a annonc".utf8) + [0xE9] + Array(" la r".utf8) + [0xE9]
            + Array("forme.".utf8)
        let reading = try Reading(latin + [0x0A, 0x0A] + Array("Plain.".utf8))
        #expect(reading.items.count == 1)
        #expect(reading.rejections.map(\.place.byteOffset) == [24])
    }

    @Test(
        arguments: [[0xFF, 0xFE, 0x00, 0x00, 0x41, 0, 0, 0], [0, 0, 0xFE, 0xFF, 0, 0, 0, 0x41]] as [[UInt8]])
    func `text in an unsupported encoding is refused with how to convert it`(bytes: [UInt8]) {
        let error = failure(bytes)
        #expect(error?.code == .unsupportedEncoding)
        #expect(error?.hint == "Convert it first: iconv -f UTF-32 -t UTF-8 FILE.")
    }

    @Test func `a missing file, an empty folder and a folder read as lines are errors`() throws {
        let folder = try ScratchFolder()
        let missing = #expect(throws: InterchangeError.self) { try Reading(path: folder.path + "/none") }
        #expect(missing?.code == .noSuchFile)
        #expect(missing?.path == folder.path + "/none")
        try folder.write("picture.jpg", "no text")
        let nothing = #expect(throws: InterchangeError.self) { try Reading(path: folder.path) }
        #expect(nothing?.code == .nothingFound)
        let wrong = #expect(throws: InterchangeError.self) { try Reading(path: folder.path, as: .jsonl) }
        #expect(wrong?.code == .wrongFormat)
    }

    @Test(.enabled(if: getuid() != 0, "everything is readable to root"))
    func `importing an unreadable file is an error`() throws {
        let folder = try ScratchFolder()
        let file = try folder.write("a.txt", "text")
        chmod(file, 0)
        let error = #expect(throws: InterchangeError.self) { try Reading(path: file) }
        #expect(error?.code == .unreadable)
    }
}
