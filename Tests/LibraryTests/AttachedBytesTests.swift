import Foundation
import Quipu
import Testing

@Suite struct AttachedBytesTests {
    private let folder: TemporaryFolder
    private let archive: Archive
    private let id: RecordID

    init() throws {
        (folder, archive, id) = try TemporaryFolder.press { $0.title = "Water" }
    }

    private func bytes(of attachment: RecordID) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try archive.readAttachment(attachment) { bytes += $0 }
        return bytes
    }

    @Test func `bytes are attached under a name, once, whether they come as a whole, in blocks or in a file`()
        throws
    {
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        let attachment = try archive.attach(bytes, named: "tape.mp3", to: id)
        #expect(try self.bytes(of: attachment) == bytes)
        let record = try #require(try archive.read { try $0.record(attachment) })
        #expect(record.fields.name == "tape.mp3" && record.fields["mediaType"] == "audio/mpeg")
        var rest = bytes[...]
        let again = try archive.attach(named: "tape.mp3", to: id) {
            defer { rest = rest.dropFirst(1_000) }
            return rest.isEmpty ? nil : Array(rest.prefix(1_000))
        }
        #expect(again == attachment)
        let path = folder.path + "/tape.mp3"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try archive.attach(path, to: id) == attachment)
        #expect(try self.bytes(of: archive.attach([], named: "empty.txt", to: id)).isEmpty)
    }

    @Test func `blocks that end with an error leave nothing`() throws {
        struct Cut: Error {}
        var count = 0
        #expect(throws: Cut.self) {
            try archive.attach(named: "tape.mp3", to: id) {
                count += 1
                if count > 3 { throw Cut() }
                return [1, 2, 3]
            }
        }
        #expect(try archive.read { try $0.counts()[.attachment] } == nil)
        #expect(try archive.verify().damages.isEmpty)
    }

    @Test func `a file that is missing or cannot be read is said to be so`() throws {
        func code(_ path: String) -> QuipuError.Code? {
            #expect(throws: QuipuError.self) { try archive.attach(path, to: id) }?.code
        }
        #expect(code(folder.path + "/nothing.mp3") == .noSuchFile)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/loop.mp3", withDestinationPath: folder.path + "/loop.mp3")
        #expect(code(folder.path + "/loop.mp3") == .unreadable)
        #expect(code(folder.path) == .wrongType)
        #expect(code("") == .badName)
    }
}
