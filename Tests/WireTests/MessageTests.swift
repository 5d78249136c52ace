import QuipuCBOR
import QuipuCausality
import QuipuCompression
import Testing

@testable import QuipuWire

struct MessageTests {
    /// Reads a message that comes in portions of a size.
    static func read(_ bytes: [UInt8], portionBytes: Int) throws -> [MessageReader.Event] {
        var reader = try MessageReader()
        var events: [MessageReader.Event] = []
        for start in stride(from: 0, to: bytes.count, by: portionBytes) {
            let portion = Array(bytes[start..<min(start + portionBytes, bytes.count)])
            try portion.withUnsafeBytes { try reader.feed($0) }
            while let event = try reader.next() { events.append(event) }
        }
        try reader.finish()
        return events
    }

    /// A message of CBOR that no writer would write.
    static func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
        var compressor = try ZstdCompressor()
        var out: [UInt8] = []
        try compressor.compress(bytes, into: &out, .last)
        return out
    }

    static let header: [UInt8] = MessageHeaderTests.bytes(MessageHeader())
    static let end: [UInt8] = [0x83, 0x00, 0xf4, 0x80]

    @Test(arguments: 0..<30)
    func `a message is read back whole, in portions and byte by byte`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let (bytes, events) = try RandomMessages.piece(using: &random)
        #expect(try Self.read(bytes, portionBytes: bytes.count) == events)
        #expect(try Self.read(bytes, portionBytes: 100) == events)
        if bytes.count < 5_000 { #expect(try Self.read(bytes, portionBytes: 1) == events) }
    }

    @Test(arguments: 0..<20)
    func `a message that stops anywhere before its end is reported as cut`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let (bytes, events) = try RandomMessages.piece(using: &random)
        for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
            var reader = try MessageReader()
            try Array(bytes.prefix(count)).withUnsafeBytes { try reader.feed($0) }
            var read: [MessageReader.Event] = []
            while let event = try reader.next() { read.append(event) }
            #expect(read == Array(events.prefix(read.count)), "what came before the cut is whole")
            #expect(failure { try reader.finish() }?.code == .cut)
        }
    }

    @Test(arguments: 0..<40)
    func `a changed byte is an error or another message, never a crash`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let (bytes, _) = try RandomMessages.piece(using: &random)
        for _ in 0..<20 {
            var changed = bytes
            changed[Int.random(in: changed.indices, using: &random)] = random.bytes(1)[0]
            do { _ = try Self.read(changed, portionBytes: 1_000) } catch { #expect(error is WireError) }
        }
    }

    @Test(arguments: 0..<10)
    func `a message with a flipped bit is refused or reads the same`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let (bytes, events) = try RandomMessages.piece(using: &random)
        for _ in 0..<400 {
            var changed = bytes
            changed[Int.random(in: changed.indices, using: &random)] ^=
                1 << Int.random(in: 0..<8, using: &random)
            // Some bits of the frame mean nothing (RFC 8878); then it is the same message.
            do { #expect(try Self.read(changed, portionBytes: 1_000) == events) } catch {
                #expect(error is WireError)
            }
        }
    }

    @Test
    func `bytes that are not compressed as specified are malformed`() {
        for bytes in [Array("GET / HTTP/1.1".utf8), [UInt8](repeating: 0, count: 99), Self.header] {
            #expect(failure { _ = try Self.read(bytes, portionBytes: 7) }?.code == .malformed)
        }
    }

    @Test
    func `the smallest message has a header and an end`() throws {
        let events = try Self.read(try Self.compressed(Self.header + Self.end), portionBytes: 9)
        #expect(events == [.header(MessageHeader()), .end(MessageEnd(hasMore: false, ends: []))])
    }

    @Test
    func `bytes after the end are refused, inside the frame and after it`() throws {
        let inside = try Self.compressed(Self.header + Self.end + [0x01])
        #expect(failure { _ = try Self.read(inside, portionBytes: 999) }?.code == .unexpected)
        let message = try Self.compressed(Self.header + Self.end)
        #expect(failure { _ = try Self.read(message + [0], portionBytes: 999) }?.code == .malformed)
        #expect(failure { _ = try Self.read(message + message, portionBytes: 999) }?.code == .malformed)
    }

    @Test
    func `an end without a header, an unknown item and an item with too many parts are refused`() throws {
        for (bytes, code) in [
            (Self.end, WireError.Code.unexpected),
            (Self.header + [0x82, 0x09, 0x00] + Self.end, .unexpected),
            (Self.header + [0x84, 0x00, 0xf4, 0x80, 0x00], .unexpected),
            (Self.header + [0x80] + Self.end, .cut),
            (Self.header + [0x01] + Self.end, .unexpected),
            (Self.header + Self.header + Self.end, .unexpected),
        ] {
            let error = failure { _ = try Self.read(try Self.compressed(bytes), portionBytes: 999) }
            #expect(error?.code == code, "\(Hexadecimal.text(bytes.suffix(8)))")
        }
    }

    @Test
    func `a text part is read with its offset in the whole text`() throws {
        let text =
            "850258200c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c1818181e462248756e6722"
        var writer = try MessageWriter(header: MessageHeader())
        let hash = ValueHash(bytes: [UInt8](repeating: 12, count: 32))!
        try writer.append(textOf: hash, offset: 24, totalBytes: 30, bytes: Array("\"Hung\"".utf8)[...])
        let message = try writer.finish(MessageEnd(hasMore: false, ends: []))
        let byHand = try Self.compressed(Self.header + Hexadecimal.bytes(text)! + Self.end)
        #expect(try Self.read(message, portionBytes: 9) == Self.read(byHand, portionBytes: 9))
    }

    @Test
    func `an endless item is refused before it fills the memory`() throws {
        // A byte string of 5 MiB where an item has room for 4.
        let item = [0x82, 0x01, 0x5a, 0x00, 0x50, 0x00, 0x00] + [UInt8](repeating: 0, count: 5 << 20)
        let message = try Self.compressed(Self.header + item)
        #expect(failure { _ = try Self.read(message, portionBytes: 4_096) }?.code != nil)
        let endless = [0x82, 0x01, 0x5a, 0x7f, 0x00, 0x00, 0x00] + [UInt8](repeating: 0, count: 5 << 20)
        let error = failure {
            _ = try Self.read(try Self.compressed(Self.header + endless), portionBytes: 64)
        }
        #expect(error?.code == .tooLarge)
    }

    @Test
    func `a few kilobytes that expand beyond the size limit of a message are refused`() throws {
        let bomb = try Self.compressed([UInt8](repeating: 0, count: MessageReader.maximumMessageBytes + 1))
        #expect(bomb.count < 100_000)
        var reader = try MessageReader()
        let error = failure { try bomb.withUnsafeBytes { try reader.feed($0) } }
        #expect(error?.code == .tooLarge)
    }

    @Test
    func `a few kilobytes that expand beyond the limit of changes are refused`() throws {
        let crowd = Self.crowded
        var writer = CBORWriter()
        for _ in 0...(MessageReader.maximumMessageItems / crowd.records[0].fields.count) {
            writer.array(count: 2)
            writer.unsigned(1)
            crowd.write(to: &writer)
        }
        let message = try Self.compressed(Self.header + writer.bytes + Self.end)
        #expect(message.count < 1 << 20)
        #expect(failure { _ = try Self.read(message, portionBytes: 1 << 20) }?.code == .tooLarge)
    }

    @Test
    func `a writer reports that a message is full before a reader would refuse it`() throws {
        var writer = try MessageWriter(header: MessageHeader())
        while !writer.isFull { try writer.append(Self.crowded) }
        let message = try writer.finish(MessageEnd(hasMore: true, ends: []))
        #expect(try Self.read(message, portionBytes: 1 << 20).count > 10)
    }

    @Test
    func `a transaction with too many changes is refused before all of them are read`() {
        var transaction = Self.crowded
        transaction.records.append(transaction.records[0])
        var writer = CBORWriter()
        transaction.write(to: &writer)
        var reader = CBORReader(writer.bytes[...])
        #expect(failure { _ = try Transaction(from: &reader) }?.code == .tooLarge)
    }

    /// As many changes as one may have, and little else.
    private static let crowded = Transaction(
        name: TransactionName(origin: Origin(rawValue: 1), sequence: 1), stamp: Stamp(rawValue: 1),
        author: "",
        isByProgram: false,
        records: [
            RecordChanges(
                id: RecordID(rawValue: 1), kind: "a",
                fields: (0..<Limits.changesPerTransaction).map {
                    FieldChange(field: String($0, radix: 36), value: .text([UInt8(ascii: "1")]))
                })
        ])

    @Test
    func `a long message is written as one frame for any size of the writes`() throws {
        var random = SeededGenerator(seed: 1)
        let text = random.bytes(200_000)
        var writer = try MessageWriter(header: MessageHeader())
        for offset in 0..<8 {
            try writer.append(
                textOf: ValueHash(of: text), offset: UInt64(offset), totalBytes: 8, bytes: text[...])
        }
        let message = try writer.finish(MessageEnd(hasMore: true, ends: []))
        let events = try Self.read(message, portionBytes: 10_000)
        #expect(events.count == 10)
        #expect(events.last == .end(MessageEnd(hasMore: true, ends: [])))
    }
}
