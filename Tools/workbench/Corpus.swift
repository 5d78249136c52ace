internal import Glibc
internal import QuipuCanonicalJSON

/// Articles in three languages, and annotations of them, made up from one seed: always the same, whatever the machine.
///
/// Bodies have a median of 1.5 KB and a long tail to 60 KB, and shrink to about two fifths under zstd's level 1, as
/// prose in small pieces does.
struct Corpus {
    private struct Language {
        var code: String
        var words: Words
    }

    private static let medianBytes = 1_500.0
    private static let largestBytes = 60_000.0
    /// One article in five is annotated.
    static let articlesPerAnnotation = 5

    private let languages: [Language]
    private let tags: [String]
    private let authors: [String]
    private var random: SplitMix

    /// - Parameter samples: the shipped articles, JSON Lines; the made-up languages take after theirs.
    init(samples: [UInt8], seed: UInt64) {
        var random = SplitMix(seed: seed)
        var bodies: [String: String] = [:]
        for line in samples.split(separator: UInt8(ascii: "\n")) {
            guard let article = try? JSONParser().parse(line), let code = article["language"]?.string else {
                continue
            }
            bodies[code, default: ""] += (article["body"]?.string ?? "") + " "
        }
        languages = ["de", "en", "es"].map { code in
            guard let body = bodies[code] else { fail("no sample is in the language '\(code)'") }
            return Language(code: code, words: Words(like: body, random: &random))
        }
        let names = languages[1].words
        func name(_ random: inout SplitMix) -> String {
            String(decoding: names.word(&random), as: UTF8.self)
        }
        tags = Array(Set((0..<80).map { _ in name(&random) })).sorted()
        authors = Array(
            Set((0..<400).map { _ in "\(name(&random).capitalized) \(name(&random).capitalized)" })
        )
        .sorted()
        self.random = random
    }

    /// A word in two articles of five, one in an article of a thousand, and a tag that is as rare.
    static let (commonWord, rareWord, rareTag) = ("fluvial", "cordillera", "fieldwork")

    /// One article as a line of JSON.
    mutating func article(_ number: Int) -> [UInt8] {
        let language = languages[random.below(languages.count)]
        let (month, day) = (1 + random.below(12), 1 + random.below(28))
        var tagged = Array(Set((0...random.below(3)).map { _ in tags[random.below(tags.count)] })).sorted()
        var body = text(bytes: bodyBytes(), in: language.words)
        if number % 5 < 2 { body += " \(Self.commonWord.capitalized)." }
        if number % 1_000 == 0 {
            body += " \(Self.rareWord.capitalized)."
            tagged.append(Self.rareTag)
        }
        return line([
            ("author", .string(authors[random.below(authors.count)])),
            ("body", .string(body)),
            ("date", .string("\(2015 + random.below(11))-\(twoDigits(month))-\(twoDigits(day))")),
            ("language", .string(language.code)), ("tags", .array(tagged.map { .string($0) })),
            ("title", .string("\(text(bytes: 30 + random.below(40), in: language.words)) \(number)")),
            ("url", .string("https://example.org/\(language.code)/articles/\(number)")),
        ])
    }

    /// An annotation in the form of a lossless export.
    /// - Parameter target: the article's id.
    mutating func annotation(_ number: Int, of target: String) -> [UInt8] {
        let words = languages[random.below(languages.count)].words
        let digits = String(random.next() | 1 << 63, radix: 16) + String(random.next() | 1 << 63, radix: 16)
        let id = Array(digits)
        let cuts = [0, 8, 12, 16, 20, 32]
        let uuid = zip(cuts, cuts.dropFirst()).map { String(id[$0..<$1]) }.joined(separator: "-")
        return line([
            (
                "fields",
                .object([
                    JSONMember(
                        name: "quote",
                        value: .object([JSONMember(name: "exact", value: .string(text(bytes: 60, in: words)))]
                        )),
                    JSONMember(name: "target", value: .string(target)),
                    JSONMember(name: "text", value: .string(text(bytes: 40 + random.below(200), in: words))),
                ])
            ), ("id", .string(uuid)), ("kind", .string("annotation")), ("quipu", .number(1)),
        ])
    }

    private func line(_ members: [(String, JSONValue)]) -> [UInt8] {
        JSONValue.object(members.map { JSONMember(name: $0.0, value: $0.1) }).canonicalBytes()
            + [UInt8(ascii: "\n")]
    }

    private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    /// Log-normal, nearly: the sum of twelve even numbers is close to a bell (central limit theorem). One article in
    /// fifty is a long read.
    private mutating func bodyBytes() -> Int {
        let bell = (0..<12).reduce(-6.0) { sum, _ in sum + random.unit() }
        var bytes = Self.medianBytes * exp2(0.8 * bell)
        if random.below(50) == 0 { bytes *= 4 + 12 * random.unit() }
        return Int(min(max(bytes, 150), Self.largestBytes))
    }

    /// Sentences of some length.
    private mutating func text(bytes: Int, in words: Words) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(bytes + 64)
        var left = 0
        while out.count < bytes {
            let word = words.word(&random)
            if left == 0 {
                if !out.isEmpty { out += [UInt8(ascii: "."), UInt8(ascii: " ")] }
                left = 5 + random.below(18)
                let first = word[0]
                out.append((UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) ? first - 32 : first)
                out += word.dropFirst()
            } else {
                if random.below(9) == 0 { out.append(UInt8(ascii: ",")) }
                out.append(UInt8(ascii: " "))
                out += word
            }
            left -= 1
        }
        out.append(UInt8(ascii: "."))
        return String(decoding: out, as: UTF8.self)
    }
}

extension String {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
