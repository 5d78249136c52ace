import QuipuCBOR
import QuipuCausality
import Testing

@testable import QuipuWire

@Suite struct CompressionLevelTests {
    /// A message of sentences made of a few hundred words.
    private static func message(_ compressionLevel: CompressionLevel) throws -> [UInt8] {
        var random = SeededGenerator(seed: 5)
        let words = (0..<400).map { _ in String(UInt32.random(in: 0...0xff_ffff, using: &random), radix: 36) }
        var writer = try MessageWriter(header: MessageHeader(), compressionLevel: compressionLevel)
        for index in 0..<40 {
            let text = (0..<2_000).map { _ in words.randomElement(using: &random)! }.joined(separator: " ")
            try writer.append(
                textOf: ValueHash(bytes: [UInt8](repeating: UInt8(index), count: 32))!, offset: 0,
                totalBytes: UInt64(text.utf8.count), bytes: Array(text.utf8)[...])
        }
        return try writer.finish(MessageEnd(hasMore: false, ends: []))
    }

    private static func events(of message: [UInt8]) throws -> [MessageReader.Event] {
        var reader = try MessageReader()
        try message.withUnsafeBytes { try reader.feed($0) }
        var events: [MessageReader.Event] = []
        while let event = try reader.next() { events.append(event) }
        try reader.finish()
        return events
    }

    @Test func `messages of all compression levels decode alike, and higher levels are smaller`() throws {
        let fast = try Self.message(.fast)
        let standard = try Self.message(.standard)
        let high = try Self.message(.high)
        #expect(try Self.events(of: fast) == Self.events(of: standard))
        #expect(try Self.events(of: high) == Self.events(of: standard))
        #expect(high.count < standard.count)
        #expect(standard.count * 3 / 2 < fast.count)
    }

    @Test func `a fast link gets lightly compressed messages, and a slow one well compressed ones`() {
        #expect(CompressionLevel(bytesPerSecond: .max) == .fast)
        // What gigabit Ethernet carries.
        #expect(CompressionLevel(bytesPerSecond: 118_000_000) == .standard)
        #expect(CompressionLevel(bytesPerSecond: 20_000_000) == .standard)
        #expect(CompressionLevel(bytesPerSecond: 1_000_000) == .high)
        #expect(CompressionLevel(bytesPerSecond: 0) == .high)
    }

    @Test func `a compression level of a later version is read as the standard one`() throws {
        var writer = CBORWriter(capacityBytes: 64)
        writer.map(count: 1)
        writer.unsigned(19)
        writer.unsigned(7)
        var reader = CBORReader(writer.bytes[...])
        #expect(try MessageHeader(from: &reader).compressionLevel == .standard)
    }
}
