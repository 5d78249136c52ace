import QuipuCanonicalJSON
import Testing

@Suite struct CanonicalStringTests {
    @Test func `any string survives its canonical text`() {
        var random = RandomJSON(seed: 4)
        for _ in 0..<5_000 {
            let text = random.string()
            let bytes = canonicalString(text)
            #expect(isCanonicalJSON(bytes))
            #expect(decodeString(bytes).map { Array($0.utf8) } == Array(text.utf8))
        }
    }

    @Test func `every control character has its one escape`() {
        let expected = [
            "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007", "\\b",
            "\\t",
            "\\n", "\\u000b", "\\f", "\\r", "\\u000e", "\\u000f", "\\u0010", "\\u0011", "\\u0012", "\\u0013",
            "\\u0014", "\\u0015", "\\u0016", "\\u0017", "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c",
            "\\u001d", "\\u001e", "\\u001f",
        ]
        for (value, escape) in expected.enumerated() {
            let text = String(Unicode.Scalar(UInt8(value)))
            #expect(canonicalString(text) == Array("\"\(escape)\"".utf8))
        }
    }

    @Test(arguments: ["", "\"", "a", "1", "null", #""a" "#, #""\/""#, #""\u0041""#, #""a"b""#])
    func `a text that is not a canonical string decodes to nil`(text: String) {
        #expect(decodeString(Array(text.utf8)) == nil)
    }
}
