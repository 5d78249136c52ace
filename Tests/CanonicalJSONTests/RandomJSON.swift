import QuipuCanonicalJSON

/// Values and their sloppy spellings from one seed (SplitMix64), so that a failure replays exactly.
struct RandomJSON {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func string() -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "b", "0", " ", "\"", "\\", "/", "\u{0}", "\u{8}", "\n", "\u{1f}", "\u{7f}", "\u{80}", "é",
            "\u{301}", "Ω", "\u{2028}", "€", "\u{d7ff}", "\u{e000}", "\u{fb33}", "\u{ffff}", "😀",
            "\u{10ffff}",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<below(20) { text.append(alphabet[below(below(3) == 0 ? alphabet.count : 4)]) }
        return String(text)
    }

    mutating func number() -> Double {
        switch below(4) {
        case 0: return Double(below(2000) - 1000)
        case 1: return Double(below(2_000_000)) / 1000
        case 2: return Double(Int64(bitPattern: next()))
        default:
            let value = Double(bitPattern: next())
            return value.isFinite ? value : 0.5
        }
    }

    mutating func value(depth: Int = 0) -> JSONValue {
        switch below(depth > 4 ? 5 : 7) {
        case 0: return .null
        case 1: return .bool(below(2) == 0)
        case 2: return .number(number())
        case 3, 4: return .string(string())
        case 5:
            var elements: [JSONValue] = []
            for _ in 0..<below(5) { elements.append(value(depth: depth + 1)) }
            return .array(elements)
        default:
            var members: [JSONMember] = []
            for _ in 0..<below(12) {
                let name = string()
                if members.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) { continue }
                members.append(JSONMember(name: name, value: value(depth: depth + 1)))
            }
            return .object(members)
        }
    }

    /// The value in JSON of another hand: spaces, needless escapes, members as they come.
    mutating func sloppy(_ value: JSONValue) -> String {
        let space = [" ", "", "\n\t", "\r "][below(4)]
        switch value {
        case .array(let elements):
            var parts: [String] = []
            for element in elements { parts.append(sloppy(element)) }
            return "[" + space + parts.joined(separator: space + ",") + space + "]"
        case .object(let members):
            var parts: [String] = []
            for member in members { parts.append(escaped(member.name) + space + ":" + sloppy(member.value)) }
            return "{" + space + parts.joined(separator: "," + space) + "}" + space
        case .string(let text): return escaped(text)
        default: return space + value.canonicalText
        }
    }

    private mutating func escaped(_ text: String) -> String {
        var out = "\""
        for unit in text.utf16 {
            if below(3) == 0 || unit < 0x20 || unit == 0x22 || unit == 0x5C || unit > 0x7e {
                let digits = String(unit, radix: 16, uppercase: below(2) == 0)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                out.unicodeScalars.append(Unicode.Scalar(unit)!)
            }
        }
        return out + "\""
    }
}
