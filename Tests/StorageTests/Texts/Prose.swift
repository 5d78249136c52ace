import Support

/// Text that compresses about as written language does: made-up words, some said far more often than others (Zipf).
struct Prose {
    private let words: [String]
    private var random: SplitMix64

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (starts, vowels, ends) = (
            ["b", "br", "c", "d", "f", "g", "h", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "tr", "w"],
            ["a", "e", "i", "o", "u", "ea", "ou"], ["", "", "n", "r", "s", "t", "nd", "ng"]
        )
        var words: [String] = []
        for rank in 0..<4_096 {
            let count = rank < 64 ? 1 : rank < 1_024 ? 2 : 3
            words.append(
                (0..<count).map { _ in
                    [starts, vowels, ends].map { $0[Int.random(in: $0.indices, using: &random)] }.joined()
                }.joined())
        }
        self.words = words
        self.random = random
    }

    mutating func word() -> String {
        let octave = Int.random(in: 0..<12, using: &random)
        return words[(1 << octave) - 1 + Int.random(in: 0..<1 << octave, using: &random)]
    }

    /// Words, at least so many bytes of them together.
    mutating func words(bytes: Int) -> [String] {
        var found: [String] = []
        var size = 0
        while size < bytes {
            found.append(word() + (Int.random(in: 0..<12, using: &random) == 0 ? "." : ""))
            size += found[found.count - 1].utf8.count + 1
        }
        return found
    }

    /// Puts another word in some place.
    mutating func edit(_ words: inout [String]) {
        let place = Int.random(in: words.indices, using: &random)
        let before = words[place]
        while words[place] == before { words[place] = word() }
    }

    static func json(_ words: [String]) -> [UInt8] { Array("\"\(words.joined(separator: " "))\"".utf8) }
}
