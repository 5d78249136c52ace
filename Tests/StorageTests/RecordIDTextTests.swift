import QuipuCausality
import Testing

@testable import QuipuStorage

@Suite struct RecordIDTextTests {
    private static let id = RecordID(rawValue: 0x0189_0000_0000_7000_8000_00aa_bbcc_ddee)

    @Test(arguments: [
        "01890000-0000-7000-8000-00aabbccddee", "0189000000007000800000aabbccddee",
        "01890000-0000-7000-8000-00AABBCCDDEE", "0-189000000007000800000aabbccddee-",
    ])
    func `an id is read with hyphens or without, in either case`(text: String) {
        #expect(RecordID(text: text) == Self.id)
        #expect(RecordID(canonicalText: Array("\"\(text)\"".utf8)) == Self.id)
    }

    @Test(arguments: [
        "", "-", "01890000-0000-7000-8000-00aabbccdde", "01890000-0000-7000-8000-00aabbccddee0",
        "01890000-0000-7000-8000-00aabbccddeg", "01890000-0000-7000-8000-00aabbccdde\u{FF10}",
        "01890000-0000-7000-8000-00aabbccddee ", #"\u0030189000000007000800000aabbccddee"#,
    ])
    func `texts of any other form are not read as record ids`(text: String) {
        #expect(RecordID(text: text) == nil)
        #expect(RecordID(canonicalText: Array("\"\(text)\"".utf8)) == nil)
    }

    @Test(arguments: [
        "01890000-0000-7000-8000-00aabbccddee", "\"01890000-0000-7000-8000-00aabbccddee",
        "\"", "", "7", "\"\(String(repeating: "-", count: 40))0189000000007000800000aabbccddee\"",
    ])
    func `a field value that is malformed or overlong is not read as an id`(json: String) {
        #expect(RecordID(canonicalText: Array(json.utf8)) == nil)
    }
}
