import Quipu
import QuipuCanonicalJSON
import Testing

@testable import quipu

struct JSONTextTests {
    @Test func `members are written in their given order`() {
        let text: JSONText = ["z": 1, "a": ["x", nil, true], "raw": JSONText(raw: Array(#"{"b":2}"#.utf8))]
        #expect(String(decoding: text.bytes, as: UTF8.self) == #"{"z":1,"a":["x",null,true],"raw":{"b":2}}"#)
    }

    @Test func `text is escaped, and nil is written as null`() throws {
        let text: JSONText = ["a\"b": JSONText("x\n\u{1}"), "none": JSONText(String?.none)]
        let parsed = try JSONParser().parse(text.bytes)
        #expect(parsed["a\"b"] == "x\n\u{1}")
        #expect(parsed["none"] == JSONValue.null)
    }
}
