import QuipuCBOR
import QuipuCausality
import Testing

@testable import QuipuWire

struct MessageHeaderTests {
    static func bytes(_ header: MessageHeader) -> [UInt8] {
        var writer = CBORWriter()
        header.write(to: &writer)
        return writer.bytes
    }

    static func read(_ bytes: [UInt8]) throws -> MessageHeader {
        var reader = CBORReader(bytes[...])
        return try MessageHeader(from: &reader)
    }

    @Test(arguments: 0..<60)
    func `a header is read back as it was written`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let header = RandomMessages.header(using: &random)
        #expect(try Self.read(Self.bytes(header)) == header)
    }

    @Test
    func `an empty header is short`() {
        // The bar for a sync with nothing to do is 400 bytes with HTTP's own.
        #expect(Self.bytes(MessageHeader()).count < 64)
    }

    @Test
    func `members of a later version are skipped in a header`() throws {
        var bytes = Self.bytes(MessageHeader())
        bytes[0] += 2
        bytes += Hexadecimal.bytes("1863" + "82f90000a0" + "1864" + "6178")!
        #expect(try Self.read(bytes) == MessageHeader())
    }

    @Test(arguments: 0..<20)
    func `a changed byte gives another header or an error`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let bytes = Self.bytes(RandomMessages.header(using: &random))
        for _ in 0..<200 {
            var changed = bytes
            changed[Int.random(in: changed.indices, using: &random)] = random.bytes(1)[0]
            _ = try? Self.read(changed)
        }
        for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 100)) {
            #expect(failure { _ = try Self.read(Array(bytes.prefix(count))) }?.code == .cut)
        }
    }

    @Test
    func `lists have limits, and sequences fit into the store`() {
        func code(_ member: String) -> WireError.Code? {
            failure { _ = try Self.read(Hexadecimal.bytes("a1" + member)!) }?.code
        }
        for (member, atLimit, over) in [
            ("08", "990400", "990401"), ("0b", "990200", "990201"), ("0c", "990400", "990401"),
            ("0f", "990100", "990101"), ("10", "990400", "990401"), ("11", "9840", "9841"),
        ] {
            // At the bound the list is read, and then is not there.
            #expect(code(member + atLimit) == .cut, "\(member)")
            #expect(code(member + over) == .tooLarge, "\(member)")
        }
        let (id, chain) = (
            "50" + String(repeating: "00", count: 16), "5820" + String(repeating: "00", count: 32)
        )
        #expect(code("0881" + "83" + id + "01" + chain) == nil)
        #expect(code("0881" + "83" + id + "00" + chain) == .unexpected)
        #expect(code("0881" + "83" + id + "1b8000000000000000" + chain) == .unexpected)
        #expect(code("0881" + "82" + id + "01") == .unexpected)
        #expect(code("0244" + "00000000") == .unexpected)
        #expect(code("b841") != nil)
    }

    @Test(arguments: ["a200010001", "a201010001", "a40001010106000600"])
    func `a duplicate or unsorted member is malformed`(text: String) {
        #expect(failure { _ = try Self.read(Hexadecimal.bytes(text)!) }?.code == .malformed)
    }

    @Test(arguments: ["a11863a201010101", "a11863a202010101", "a1186381a2616101616101"])
    func `a duplicate or unsorted member inside an unknown member is malformed`(text: String) {
        #expect(failure { _ = try Self.read(Hexadecimal.bytes(text)!) }?.code == .malformed)
    }

    @Test
    func `ranges are disjoint and in order`() throws {
        func ranges(_ text: String) throws -> Int {
            try Self.read(Hexadecimal.bytes("a111" + text)!).ranges.count
        }
        #expect(try ranges("82820003820407") == 2)
        for text in ["82820003820307", "82820407820003", "82820003820003", "81820300"] {
            #expect(failure { _ = try ranges(text) }?.code == .unexpected, "\(text)")
        }
    }

    @Test
    func `a header of more than 64 KiB is refused before it is complete`() throws {
        func piece(_ count: Int) throws -> [UInt8] {
            var header = Self.bytes(MessageHeader())
            header[0] += 1
            var writer = CBORWriter()
            writer.byteString([UInt8](repeating: 0, count: count))
            return try MessageTests.compressed(header + [0x18, 0x63] + writer.bytes + MessageTests.end)
        }
        let rest = Self.bytes(MessageHeader()).count + 2 + 3
        _ = try MessageTests.read(try piece(MessageHeader.maximumBytes - rest - 2), portionBytes: 1_000)
        let error = failure {
            _ = try MessageTests.read(try piece(MessageHeader.maximumBytes), portionBytes: 1_000)
        }
        #expect(error?.code == .tooLarge)
    }

    /// Bytes that an implementation in another language made from `Schema/exchange.cddl`.
    @Test
    func `the encoded form matches its frozen bytes`() throws {
        func repeated(_ byte: UInt8, _ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }
        var header = MessageHeader()
        header.archive = ArchiveID(bytes: Array(0..<16))
        header.clockMilliseconds = 1_700_000_000_000
        header.vectorHash = Origin(bytes: repeated(4, 16))!.rawValue
        header.digest = Digest(bytes: repeated(5, 16))!
        header.position = 1_000
        header.agreed = .init(position: 7, vectorHash: Origin(bytes: repeated(7, 16))!.rawValue)
        header.entries = [
            .init(
                origin: Origin(bytes: Array(0..<16))!, sequence: 300,
                chain: ChainHash(bytes: repeated(8, 32))!)
        ]
        header.isWholeVector = true
        header.needsWholeVector = true
        header.branchStarts = [ChainHash(bytes: repeated(11, 32))!]
        header.wants = [.init(hash: ValueHash(bytes: repeated(12, 32))!, offset: 24)]
        header.budgetBytes = 65_536
        header.missingTexts = 2
        header.nonce = Origin(bytes: repeated(0x15, 16))!.rawValue
        header.proof = Origin(bytes: repeated(0x16, 16))!.rawValue
        header.sampleCount = 4
        header.contentDigests = [Digest(bytes: repeated(0x18, 16))!]
        let eights = String(repeating: "08", count: 32)
        let frozen =
            "b3000101010250000102030405060708090a0b0c0d0e0f031b0000018bcfe568000450"
            + String(repeating: "04", count: 16) + "0550" + String(repeating: "05", count: 16)
            + "061903e807820750"
            + String(repeating: "07", count: 16) + "08818350000102030405060708090a0b0c0d0e0f19012c5820"
            + eights
            + "09f50af50b815820" + String(repeating: "0b", count: 32) + "0c81825820"
            + String(repeating: "0c", count: 32)
            + "18180d1a000100000e02" + "1550" + String(repeating: "15", count: 16) + "1650"
            + String(repeating: "16", count: 16) + "1704" + "18188150" + String(repeating: "18", count: 16)
        #expect(Hexadecimal.text(Self.bytes(header)) == frozen)
    }
}
