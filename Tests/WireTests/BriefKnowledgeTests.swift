import QuipuCBOR
import QuipuCausality
import Testing

@testable import QuipuWire

/// The brief form in which two replicas compare what they know.
struct BriefKnowledgeTests {
    private static let nonce = "1819" + "82" + "50" + String(repeating: "07", count: 16) + "80"

    private func question(_ outline: String) throws -> KnowledgeQuestion? {
        try MessageHeaderTests.read(Hexadecimal.bytes("a2" + Self.nonce + "181d" + outline)!).question
    }

    /// Bytes written by hand after `Schema/exchange.cddl`.
    @Test func `the encoded form matches its frozen bytes`() throws {
        let outline = "8184" + "40" + "40" + "42" + "80c0" + "4c" + "000000010000000200000003"
        let places: [UInt128] = [0, 0x80 << 120, 0xC0 << 120, 0]
        let ranges = (0..<3).map {
            KnowledgeRange(first: places[$0], next: places[$0 + 1], fingerprint: UInt128($0 + 1))
        }
        #expect(try question(outline)?.outline == ranges)
        var told = BriefRange(range: KnowledgeRange(first: 0xC0 << 120, next: 0), firstIndex: 500)
        told.entries = [BriefEntry(tag: 0x0102_0304, check: 0x0506_0708, sequence: 300)]
        told.branchStarts = [ChainHash(bytes: [UInt8](repeating: 11, count: 32))!]
        var header = MessageHeader()
        header.briefAnswer = BriefAnswer()
        header.briefAnswer?.count = 3
        header.briefAnswer?.parts = Array(ranges.prefix(2))
        header.briefAnswer?.told = [told]
        header.behind = [.init(index: 500, sequence: 299)]
        let answer =
            "181e" + "83" + "03" + "8184" + "40" + "41c0" + "41" + "80" + "48" + "0000000100000002"
            + "81" + "86" + "41c0" + "40" + "1901f4" + "48" + "0102030405060708" + "81" + "19012c"
            + "81" + "5820" + String(repeating: "0b", count: 32)
        let text = Hexadecimal.text(MessageHeaderTests.bytes(header))
        #expect(text.hasSuffix(answer + "181f" + "81" + "82" + "1901f4" + "19012b"))
    }

    @Test(arguments: [
        // No range, half a fingerprint, borders that do not come out even, two ranges and no border, a border too many.
        "8184404040" + "40", "8184404040" + "4500000001ff",
        "8184404043" + "8090a0" + "4c" + "000000010000000200000003",
        "8184404040" + "480000000100000002", "8184404041" + "80" + "4400000001",
        // Borders that repeat or go back, a range that ends before it begins, runs that overlap.
        "8184404042" + "8080" + "4c000000010000000200000003",
        "8184404042" + "9080" + "4c000000010000000200000003",
        "818441c04180404400000001",
        "82844041c0404400000001844180404044" + "00000001",
    ])
    func `ranges that overlap, are out of order or do not divide evenly are refused`(outline: String) {
        #expect(failure { _ = try question(outline) }?.code == .unexpected)
    }

    @Test func `an outline needs a question and has at most 1,024 ranges`() throws {
        #expect(
            failure { _ = try MessageHeaderTests.read(Hexadecimal.bytes("a1181d80")!) }?.code == .unexpected)
        func ranges(_ count: Int) throws -> Int? {
            var header = MessageHeader()
            let places = (0..<UInt128(count)).map { $0 << 100 }
            header.question = KnowledgeQuestion(
                nonce: 1, ranges: [],
                outline: zip(places, places.dropFirst() + [0]).map { KnowledgeRange(first: $0, next: $1) })
            return try MessageHeaderTests.read(MessageHeaderTests.bytes(header)).question?.outline.count
        }
        #expect(try ranges(1_024) == 1_024)
        #expect(failure { _ = try ranges(1_025) }?.code == .tooLarge)
    }

    @Test func `an entry has a tag, a check and a sequence`() {
        func code(_ entries: String) -> WireError.Code? {
            failure {
                _ = try MessageHeaderTests.read(Hexadecimal.bytes("a1181e83018081864040" + "00" + entries)!)
            }?.code
        }
        #expect(code("48" + "0102030405060708" + "8101" + "80") == nil)
        #expect(code("48" + "0102030405060708" + "80" + "80") == .unexpected)
        #expect(code("47" + "01020304050607" + "8101" + "80") == .unexpected)
        #expect(code("48" + "0102030405060708" + "8100" + "80") == .unexpected)
    }
}
