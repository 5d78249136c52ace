import QuipuCanonicalJSON
import Testing

@testable import QuipuFormats

@Suite struct YAMLTests {
    private func parse(_ text: String, textKeys: Set<String> = []) throws -> JSONValue {
        try YAMLDocument.parse(Array(text.utf8)[...], isTextKey: textKeys.contains)
    }

    @Test func `scalars follow the core schema of YAML 1.2`() throws {
        let value = try parse(
            """
            [~, null, true, FALSE, yes, 12, -7, +7, 0o17, 0x1F, 1.5, .5, 5., 1e3, -1E-2, 007, 0x, 1_000, 1:30,
             2019-10-01, .inf, .nan, 9007199254740993, 1e999, "12", 'true', plain text, 0x-1, 1e]
            """)
        #expect(
            value.canonicalText
                == #"[null,null,true,false,"yes",12,-7,7,15,31,1.5,0.5,5,1000,-0.01,7,"0x","1_000","1:30","#
                + #""2019-10-01",".inf",".nan","9007199254740993","1e999","12","true","plain text","0x-1","1e"]"#
        )
    }

    @Test func `collections and block scalars become JSON`() throws {
        let value = try parse(
            "b: [1, {c: x}]\na:\n  - one\n  - - two\ntext: |\n  line 1\n  line 2\n? key\n: v\n")
        #expect(
            value.canonicalText
                == #"{"a":["one",["two"]],"b":[1,{"c":"x"}],"key":"v","text":"line 1\nline 2\n"}"#)
        #expect(value.members?.map(\.name) == ["b", "a", "text", "key"])
    }

    @Test func `members declared as text stay as written`() throws {
        let value = try parse(
            "title: 1984\ntags: [2019, true, ~]\nn: 1984\ninner: {title: 1}", textKeys: ["title", "tags"])
        #expect(
            value.canonicalText
                == #"{"inner":{"title":1},"n":1984,"tags":["2019","true",null],"title":"1984"}"#)
    }

    @Test func `an empty document is null`() throws {
        #expect(try parse("") == .null)
        #expect(try parse("# comment\n") == .null)
    }

    @Test(arguments: [
        ("a: &x 1", "its YAML uses an anchor (&name), which is not supported", 0),
        ("a: 1\nb: *x", "its YAML uses an alias (*name), which is not supported", 1),
        ("a: 1\na: 2", "its YAML has the key `a` twice", 1),
        ("? [a]\n: 1", "its YAML has a key that is not text", 0),
        ("a: !ruby/object 1", "its YAML uses the tag !ruby/object, which is not supported", 0),
        ("a: 1\n--- \nb: 2", "its YAML holds a second YAML document", 1),
        (String(repeating: "[", count: 70), "its YAML is nested too deep", 0),
    ])
    func `YAML that JSON cannot express is refused`(text: String, reason: String, line: Int) throws {
        let error = #expect(throws: Rejection.self) { try parse(text) }
        #expect(error?.reason == reason)
        #expect(error?.lineOffset == line)
    }

    @Test(arguments: ["a: [1", "a: \"x", "\tb: 1", "a: b: c", "}", "a:\n - b\n c", "%", "@a"])
    func `broken YAML is an error`(text: String) {
        let error = #expect(throws: Rejection.self) { try parse(text) }
        #expect(error?.reason.hasPrefix("its YAML cannot be read: ") == true)
    }

    @Test func `canonical JSON that is escaped for YAML reads the same as JSON and as YAML`() throws {
        var random = RandomValues(seed: 6)
        for _ in 0..<1_500 {
            let value = random.value()
            let canonical = value.canonicalBytes()
            var safe: [UInt8] = []
            YAMLSafeJSON.append(canonical, to: &safe)
            #expect(try JSONParser().parse(safe).canonicalBytes() == canonical)
            let read = try YAMLDocument.parse(safe[...], numbers: .nearest)
            #expect(read.canonicalBytes() == canonical)
        }
    }
}
