import QuipuCanonicalJSON
import Testing

@Suite struct CanonicalFormTests {
    @Test(
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"), (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"), (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func `numbers print as in RFC 8785 appendix B`(bits: UInt64, text: String) {
        #expect(JSONValue.number(Double(bitPattern: bits)).canonicalText == text)
        #expect(isCanonicalJSON(Array(text.utf8)))
    }

    @Test func `the example of RFC 8785 section 3 comes out byte for byte`() throws {
        let source = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        let expected =
            #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
            + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        #expect(try JSONParser().parse(source).canonicalText == expected)
    }

    @Test func `names sort by UTF-16 code units`() throws {
        let source =
            #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#
        let text = try JSONParser().parse(source).canonicalText
        #expect(text == "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}")
        #expect(isCanonicalJSON(Array(text.utf8)))
    }

    @Test func `a written value reads back equal and passes the canonical check`() throws {
        var random = RandomJSON(seed: 1)
        for _ in 0..<4_000 {
            let value = random.value()
            let bytes = value.canonicalBytes()
            #expect(isCanonicalJSON(bytes))
            #expect(try JSONParser().parse(bytes).canonicalBytes() == bytes)
            let sloppy = random.sloppy(value)
            #expect(try JSONParser().parse(sloppy).canonicalBytes() == bytes, "\(sloppy)")
        }
    }

    @Test func `the canonical check accepts exactly the texts that parsing and writing leave unchanged`() {
        var random = RandomJSON(seed: 2)
        let marks = Array(#""\{}[]:,0e-.u "#.utf8) + [0x00, 0x1f, 0x80, 0xc3, 0xed, 0xf0, 0xff]
        for _ in 0..<4_000 {
            var bytes = random.value().canonicalBytes()
            for _ in 0..<random.below(3) where !bytes.isEmpty {
                let place = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[place] = marks[random.below(marks.count)]
                case 1: bytes.remove(at: place)
                default: bytes.insert(marks[random.below(marks.count)], at: place)
                }
            }
            let expected = (try? JSONParser().parse(bytes))?.canonicalBytes() == bytes
            #expect(isCanonicalJSON(bytes) == expected, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test func `names that Unicode calls equivalent are different names`() throws {
        let value: JSONValue = ["é": 1, "e\u{301}": 2]
        #expect(value.canonicalText.utf8.elementsEqual("{\"e\u{301}\":2,\"é\":1}".utf8))
        #expect(value["é"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(JSONValue.string("é") != .string("e\u{301}"))
    }

    @Test func `the canonical form of any value passes the canonical check`() {
        let value: JSONValue = ["b": 1, "a": .number(.nan), "b": [.number(-.infinity), .number(-0.0)]]
        #expect(value.canonicalText == #"{"a":null,"b":[null,0]}"#)
    }

    @Test(arguments: [
        "", " 1", "1 ", "01", "-0", "1.0", "1e5", "1E400", "+1", ".5", "1.", "-", "tru", "nul", "truefalse",
        #""\/""#, #""\u0041""#, #""\u000A""#, #""\u001F""#, #""\u00""#, "\"\t\"", #""\x""#, #"""#, #""\""#,
        "{\"b\":1,\"a\":2}", "{\"a\":1,\"a\":2}", "{\"a\":1,}", "{\"a\"}", "{a:1}", "[1,]", "[", "]", "{",
        "[1 ]",
        "9007199254740993", "0.1000000000000000055511151231257827",
    ])
    func `a text that is not canonical fails the canonical check`(text: String) {
        #expect(!isCanonicalJSON(Array(text.utf8)))
    }

    @Test func `reading and the canonical check limit nesting to the same depth`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(isCanonicalJSON(nested(JSONParser.maximumDepth)))
        _ = try JSONParser().parse(nested(JSONParser.maximumDepth))
        #expect(!isCanonicalJSON(nested(JSONParser.maximumDepth + 1)))
        let error = #expect(throws: JSONError.self) {
            try JSONParser().parse(nested(JSONParser.maximumDepth + 1))
        }
        #expect(error?.code == .tooDeep)
        #expect(!isCanonicalJSON(nested(1_000_000)))
    }
}
