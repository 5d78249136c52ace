import QuipuCBOR
import QuipuCausality
import Testing

@testable import QuipuWire

struct TextDifferenceItemTests {
    private static func text(_ count: Int, using random: inout SeededGenerator) -> [UInt8] {
        random.bytes(count).map { UInt8(ascii: "a") + $0 % 26 }
    }

    private static func difference(of text: [UInt8], from base: [UInt8]) -> TextDifference? {
        TextDifference(of: text, ValueHash(of: text), from: base, ValueHash(of: base))
    }

    @Test(arguments: 0..<30)
    func `a text is rebuilt from its difference`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let base = Self.text(random.pick([1_024, 3_000, 60_000, 300_000]), using: &random)
        // In memory of its own, as it is wherever it comes from: zstd looks for nothing in a base that is the text itself.
        var text = base.map { $0 }
        for _ in 0..<random.pick([0, 1, 5]) {
            let start = Int.random(in: 0..<text.count - 200, using: &random)
            text.replaceSubrange(
                start..<start + random.pick([0, 1, 100]), with: Self.text(20, using: &random))
        }
        if text.count < TextDifference.leastTextBytes { return }
        let difference = try #require(Self.difference(of: text, from: base))
        #expect(difference.bytes.count <= 300)
        #expect(difference.text(from: base) == text)
        // From another one it gives nothing, or something else, and nothing breaks.
        #expect(difference.text(from: Self.text(2_000, using: &random)) != text)
        _ = difference.text(from: [])
    }

    @Test func `the longest text is sent as a difference from one of the same length`() throws {
        var random = SeededGenerator(seed: 7)
        let part = Self.text(1 << 20, using: &random)
        var base = [UInt8]()
        for index in 0..<16 { base += part.map { $0 ^ UInt8(index) } }
        var text = base
        text[5_000_000] ^= 1
        let difference = try #require(Self.difference(of: text, from: base))
        #expect(difference.bytes.count <= 4_000)
        #expect(difference.text(from: base) == text)
    }

    @Test func `short texts and texts with little in common are not sent as differences`() {
        var random = SeededGenerator(seed: 1)
        let base = Self.text(60_000, using: &random)
        #expect(Self.difference(of: Array(base.prefix(1_000)), from: base) == nil)
        #expect(Self.difference(of: base, from: Array(base.prefix(1_000))) == nil)
        #expect(Self.difference(of: Self.text(60_000, using: &random), from: base) == nil)
    }

    @Test(arguments: 0..<20)
    func `a damaged difference gives nothing or another text of the size it claims`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let base = Self.text(20_000, using: &random)
        var text = base
        text[10_000] ^= 3
        let difference = try #require(Self.difference(of: text, from: base))
        for _ in 0..<200 {
            var damaged = difference
            damaged.bytes[Int.random(in: damaged.bytes.indices, using: &random)] ^=
                1 << Int.random(in: 0..<8, using: &random)
            if let given = damaged.text(from: base) { #expect(given.count == text.count) }
        }
        for total in [0, 1, text.count - 1, text.count + 1, Limits.valueBytes, Limits.valueBytes + 1] {
            var claiming = difference
            claiming.totalBytes = total
            #expect(claiming.text(from: base) == nil)
        }
        var cut = difference
        cut.bytes.removeLast()
        #expect(cut.text(from: base) == nil)
        cut.bytes = []
        #expect(cut.text(from: base) == nil)
    }

    private func message(_ totals: [Int]) throws -> [UInt8] {
        var writer = try MessageWriter(header: MessageHeader())
        for total in totals {
            let hash = ValueHash(high: 1, low: UInt128(total))
            try writer.append(TextDifference(hash: hash, base: hash, totalBytes: total, bytes: [1, 2, 3]))
        }
        return try writer.finish(MessageEnd(hasMore: false, ends: []))
    }

    @Test func `differences that claim more than a message may expand to are refused`() throws {
        let most = Limits.valueBytes
        #expect(try MessageTests.read(message([most, most]), portionBytes: 9).count == 4)
        for totals in [[most + 1], [most, most, 1], [Int.max]] {
            let error = failure { _ = try MessageTests.read(try message(totals), portionBytes: 9) }
            #expect(error?.code == .tooLarge)
        }
    }
}
