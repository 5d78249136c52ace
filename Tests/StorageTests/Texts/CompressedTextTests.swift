import QuipuCausality
import Support
import Testing

@testable import QuipuStorage

@Suite struct CompressedTextTests {
    @Test func `base64 is written as in the RFC and read in no other form`() {
        for (bytes, text) in [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ] {
            #expect(Base64.text(Array(bytes.utf8)) == Array(text.utf8))
            #expect(Base64.bytes(Array(text.utf8)[...]) == Array(bytes.utf8))
        }
        #expect(Base64.text([0xfb, 0xff]) == Array("-_8".utf8))
        for wrong in ["Zg=", "Z", "Zh", "Zm9+", "Zm9v Yg"] {
            #expect(Base64.bytes(Array(wrong.utf8)[...]) == nil, "\(wrong)")
        }
        var random = SplitMix64(seed: 1)
        for count in 0..<100 {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            #expect(Base64.bytes(Base64.text(bytes)[...]) == bytes)
        }
    }

    @Test(arguments: [1_024, 5_000, 35_000, 200_000, 1_000_000])
    func `one changed word costs little more than the hash of the base, at every length`(bytes: Int) throws {
        var prose = Prose(seed: 3)
        var words = prose.words(bytes: bytes)
        let old = Prose.json(words)
        prose.edit(&words)
        let new = Prose.json(words)
        if new.count > CompressedText.maximumBytes { return }
        let row = try #require(CompressedText(of: old, on: (ValueHash(of: new), new), height: 9))
        #expect(row.form.count < 400)
        let read = try #require(CompressedText(row.form))
        #expect(read.base == ValueHash(of: new))
        #expect(read.height == 9)
        #expect(read.expanded(on: new) == old)
        #expect(read.expanded(on: old) != old)
        #expect(
            CompressedText.Head(Array(row.form.prefix(CompressedText.longestHeadBytes)))?.base == read.base)
    }

    @Test func `a text without a base is compressed by itself`() throws {
        var prose = Prose(seed: 4)
        let text = Prose.json(prose.words(bytes: 35_000))
        let row = try #require(CompressedText(of: text, on: nil, height: 63))
        #expect(row.form.count < text.count * 3 / 4)
        #expect(CompressedText(row.form)?.expanded(on: nil) == text)
        #expect(CompressedText(row.form)?.height == 63)
    }

    @Test func `incompressible text is kept whole, and no value can be mistaken for a compressed text`() {
        var random = SplitMix64(seed: 5)
        let noise = (0..<4_000).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        #expect(CompressedText(of: noise, on: nil, height: 0) == nil)
        #expect(CompressedText(of: Array(repeating: 48, count: 1_023), on: nil, height: 0) == nil)
        for json in ["\"~\"", "{}", "[]", "-1", "0", "true", "null"] {
            #expect(!CompressedText.isForm(Array(json.utf8)))
        }
    }

    @Test func `damaged bytes never crash the reader of compressed texts`() {
        var random = SplitMix64(seed: 6)
        let sample = CompressedText(of: Array(repeating: 48, count: 4_000), on: nil, height: 0)?.form ?? []
        for _ in 0..<2_000 {
            var bytes = sample
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: bytes.indices, using: &random)
                if Bool.random(using: &random) {
                    bytes[place] = UInt8.random(in: .min ... .max, using: &random)
                } else {
                    bytes.removeSubrange(place...)
                }
            }
            _ = CompressedText(bytes)?.expanded(on: nil)
        }
    }
}
