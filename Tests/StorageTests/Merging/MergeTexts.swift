import Support

@testable import QuipuStorage

/// Texts for merges, from a seed.
enum MergeTexts {
    /// What makes cutting a text hard: white space of every sort, line ends, marks, scripts, normal forms, NUL.
    private static let pieces = [
        " ", " ", "  ", "\n", "\r\n", "\r", "\t", "\u{b}", "\u{0}", "\u{a0}", "\u{2028}", "\u{3000}", "a",
        "b",
        "the", "é", "e\u{301}", "。", "，", "水", "ไทย", "👩‍👩‍👧", "\u{200d}", "<<<<<<< ours", "=======", "-",
        "\\n", "17",
    ]

    static func anyText(of length: ClosedRange<Int>, using random: inout SplitMix64) -> [UInt8] {
        (0..<Int.random(in: length, using: &random)).flatMap { _ in
            Array(pieces[Int.random(in: pieces.indices, using: &random)].utf8)
        }
    }

    /// A few places of a text changed, with pieces of the writer's own and of everybody's.
    static func edited(_ text: [UInt8], mark: String, using random: inout SplitMix64) -> [UInt8] {
        var units = ProseUnits.units(of: text).map { String(decoding: $0.bytes, as: UTF8.self) }
        for number in 0..<Int.random(in: 0...3, using: &random) {
            let place = Int.random(in: 0...units.count, using: &random)
            let end = min(units.count, place + Int.random(in: 0...2, using: &random))
            let own = "\(mark)\(number)" + [" ", "", "\n"][Int.random(in: 0...2, using: &random)]
            let piece = pieces[Int.random(in: pieces.indices, using: &random)]
            units.replaceSubrange(
                place..<end, with: [[own], [], [piece]][Int.random(in: 0...2, using: &random)])
        }
        return Array(units.joined(separator: Bool.random(using: &random) ? " " : "").utf8)
    }
}
