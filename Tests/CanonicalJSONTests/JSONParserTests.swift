import QuipuCanonicalJSON
import Testing

@Suite struct JSONParserTests {
    @Test(
        arguments: [
            ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("[1", .unexpectedEnd, 2),
            (#"{"a""#, .unexpectedEnd, 4), (#""abc"#, .unexpectedEnd, 4), (#""\"#, .unexpectedEnd, 2),
            (#""\u12"#, .unexpectedEnd, 5), ("tru", .unexpectedEnd, 3), ("trux", .unexpectedByte, 3),
            ("[1 2]", .unexpectedByte, 3), ("{1:2}", .unexpectedByte, 1), ("\u{feff}1", .unexpectedByte, 0),
            ("1 2", .trailingBytes, 2), ("01", .trailingBytes, 1), ("-", .invalidNumber, 0),
            ("1.", .invalidNumber, 0), ("1e", .invalidNumber, 0), ("1e999", .numberOutOfRange, 0),
            (#""\x""#, .invalidEscape, 1), (#""\u12g4""#, .invalidEscape, 1),
            ("\"\n\"", .controlCharacter, 1),
            (#""\ud800""#, .loneSurrogate, 1), (#""\udc00""#, .loneSurrogate, 1),
            (#""\ud800\u0041""#, .loneSurrogate, 1), (#"{"a":1,"\u0061":2}"#, .duplicateName, 1),
        ] as [(String, JSONError.Code, Int)])
    func `an error names its code and byte offset`(text: String, code: JSONError.Code, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONParser().parse(text) }
        #expect(error?.code == code)
        #expect(error?.offset == offset)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
            [0xC3, 0x28],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused at any offset`(bad: [UInt8]) {
        for padding in 0..<17 {
            let bytes = [0x22] + [UInt8](repeating: 0x61, count: padding) + bad + [0x22]
            let error = #expect(throws: JSONError.self) { try JSONParser().parse(bytes) }
            #expect(error?.code == .invalidUTF8)
            #expect(error?.offset == padding + 1)
            #expect(!isCanonicalJSON(bytes))
            #expect(bytes.withUnsafeBufferPointer { endOfValidUTF8($0) } == padding + 1)
        }
    }

    @Test func `a duplicate is found among many names`() {
        let names = (0..<1_000).map { "\"n\($0)\":\($0)" } + ["\"n500\":0"]
        let error = #expect(throws: JSONError.self) {
            try JSONParser().parse("{" + names.joined(separator: ",") + "}")
        }
        #expect(error?.code == .duplicateName)
    }

    @Test func `members stay in the order of the text`() throws {
        let value = try JSONParser().parse(#" { "z" : [ 1 , "x" ] , "a" : { } , "m" : null } "#)
        #expect(value.members?.map(\.name) == ["z", "a", "m"])
        #expect(value["z"]?[1] == "x")
        #expect(value["m"]?.isNull == true)
        #expect(value["none"] == nil)
    }

    @Test(
        arguments: [
            ("9007199254740992", nil), ("9007199254740993", "9007199254740993"),
            ("-9007199254740994", "-9007199254740994"),
            ("0.1", nil), ("1.50", nil), ("1e2", nil), ("1e21", nil), ("1e400", "1e400"),
            ("1e-400", "1e-400"),
            ("0e99999999999999999999", nil), ("0.1000000000000000055", "0.1000000000000000055"),
            ("3.141592653589793238", "3.141592653589793238"), ("-0", nil), ("123456789012345", nil),
        ] as [(String, String?)])
    func `numbers that a double would change can be kept as text`(text: String, kept: String?) throws {
        let value = try JSONParser(options: .bigNumbersAsStrings).parse(text)
        #expect(value.string == kept)
        if kept == nil { #expect(value.number == Double(text)) }
    }

    @Test func `truncated texts and changed bytes crash neither the parser nor the canonical check`() throws {
        let sample = Array(
            #"{"a\n\u0001":[1,-2.5e-7,"é😀\"\\",{"b":null}],"c":true,"d":"plain text of some length","é":12e300}"#
                .utf8)
        func feed(_ bytes: [UInt8]) {
            let isCanonical = isCanonicalJSON(bytes)
            let parsed = try? JSONParser().parse(bytes)
            #expect(isCanonical == (parsed?.canonicalBytes() == bytes))
            _ = decodeString(bytes)
            bytes.withUnsafeBytes { raw in
                var members = JSONMembers(raw)
                var last = 0
                while let member = members.next() {
                    #expect(member.nameRange.lowerBound >= last && member.valueRange.upperBound <= raw.count)
                    last = member.valueRange.upperBound
                    _ = members.name(of: member)
                }
            }
        }
        #expect(isCanonicalJSON(try JSONParser().parse(sample).canonicalBytes()))
        for count in 0...sample.count { feed(Array(sample[..<count])) }
        for place in sample.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = sample
                changed[place] = byte
                feed(changed)
            }
        }
    }
}
