/// The words of one made-up language: they look like those of a sample, and some are said far more often than others.
///
/// A word is a walk through letters that follow one another in the sample (a Markov chain of second order, as in Shannon,
/// "A Mathematical Theory of Communication", 1948, section 3). How often it is said falls with its rank, as Zipf found
/// for every language; so texts shrink under compression about as real ones do.
struct Words {
    /// A power of two.
    static let count = 1 << 12
    private static let octaves = 12

    private let words: [[UInt8]]

    init(like sample: String, random: inout SplitMix) {
        var follows: [String: [Character]] = [:]
        for word in sample.lowercased().split(whereSeparator: { !$0.isLetter }) {
            var before = "^^"
            for letter in word + "$" {
                follows[before, default: []].append(letter)
                before = String(before.suffix(1)) + String(letter)
            }
        }
        var known: Set<String> = []
        var words: [[UInt8]] = []
        var attempts = 0
        while words.count < Self.count {
            attempts += 1
            var word = ""
            var before = "^^"
            while let letters = follows[before], word.count < 14 {
                let letter = letters[random.below(letters.count)]
                if letter == "$" { break }
                word.append(letter)
                before = String(before.suffix(1)) + String(letter)
            }
            // What is said often is short.
            let shortest = words.count < 64 ? 1 : words.count < 1_024 ? 3 : 5
            if word.count < shortest || words.count < 64 && word.count > 4 { continue }
            if attempts > 40 * Self.count { word += String(attempts, radix: 36) }
            if known.insert(word).inserted { words.append(Array(word.utf8)) }
        }
        self.words = words
    }

    /// A word, the first ones much more often than the last.
    func word(_ random: inout SplitMix) -> [UInt8] {
        let octave = random.below(Self.octaves)
        return words[(1 << octave) - 1 + random.below(1 << octave)]
    }
}

/// Numbers from a seed, everywhere the same (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// From 0 up to 1.
    mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }
}
