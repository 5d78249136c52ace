import QuipuCanonicalJSON
import QuipuFormats

/// Hostile field values from one seed (SplitMix64), so that a failure replays exactly.
struct RandomValues {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(bound))
    }

    mutating func text() -> String {
        let pieces = [
            "a", "word ", "---", "\n", "\r", "\r\n", "\n---\n", "...\n", "\t", "\u{0}", "\u{1b}", "\u{7f}",
            "\u{85}",
            "\u{a0}", "\u{2028}", "\u{2029}", "\u{feff}", "\u{fffe}", "\u{ffff}", "\u{10ffff}",
            "😀", "é",
            "e\u{301}", "\"", "\\", "'", ": ", " #", "- ", "{", "}", "[", "]", ",", "&x", "*x", "!t", "%",
            "@", "`", "|",
            ">", "quipu: 1", "body: below", "fields:", "~", "null", "\u{200b}", "   ", "/", "../",
        ]
        var text = ""
        for _ in 0..<below(8) { text += pieces[below(pieces.count)] }
        return text
    }

    mutating func value(depth: Int = 0) -> JSONValue {
        switch below(depth > 3 ? 6 : 9) {
        case 0: return .null
        case 1: return .bool(below(2) == 0)
        case 2:
            return [
                1e21, 1e20, .number(.leastNonzeroMagnitude), 9_007_199_254_740_994, -1.7976931348623157e308,
                0.1, -12, 1e-7,
            ][
                below(8)]
        case 3, 4, 5: return .string(text())
        case 6, 7:
            var elements: [JSONValue] = []
            for _ in 0..<below(4) { elements.append(value(depth: depth + 1)) }
            return .array(elements)
        default:
            var members: [JSONMember] = []
            for index in 0..<below(4) {
                members.append(JSONMember(name: "\(index)" + text(), value: value(depth: depth + 1)))
            }
            return .object(members)
        }
    }

    mutating func record() -> ExportRecord {
        let digits = Array("0123456789abcdef")
        var id = ""
        for index in 0..<36 { id.append([8, 13, 18, 23].contains(index) ? "-" : digits[below(16)]) }
        var fields: [(name: String, value: [UInt8])] = []
        if below(4) > 0 {
            fields.append(("body", below(5) == 0 ? value().canonicalBytes() : canonicalString(text())))
        }
        if below(3) > 0 { fields.append(("title", canonicalString(text()))) }
        for index in 0..<below(5) {
            fields.append(
                (
                    (["tags/", "x-", "", "\u{1}"][below(4)] + "\(index)" + text()).nfc,
                    value().canonicalBytes()
                ))
        }
        return ExportRecord(
            id: id, kind: ["article", "note", "../k", "k: \"1\"\n"][below(4)], fields: fields)
    }
}
