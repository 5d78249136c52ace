internal import CanonicalJSON

/// Articles made up from the sentences of the samples: from one seed always the same.
struct Corpus {
    private let sentences: [String]
    private let tags: [String]
    private let authors: [String]
    private var state: UInt64

    /// - Parameter samples: the shipped articles, JSON Lines.
    init(samples: [UInt8], seed: UInt64) {
        var sentences: [String] = []
        var tags: Set<String> = []
        var authors: Set<String> = []
        for line in samples.split(separator: UInt8(ascii: "\n")) {
            guard let article = try? JSONParser().parse(line) else { continue }
            for sentence in (article["body"]?.string ?? "").split(separator: ". ") {
                sentences.append(String(sentence))
            }
            for tag in article["tags"]?.array ?? [] { if let tag = tag.string { tags.insert(tag) } }
            if let author = article["author"]?.string { authors.insert(author) }
        }
        precondition(
            !sentences.isEmpty && !tags.isEmpty && !authors.isEmpty,
            "the samples must have texts, tags and authors")
        self.sentences = sentences
        self.tags = tags.sorted()
        self.authors = authors.sorted()
        state = seed
    }

    /// Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014.
    private mutating func random(below bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return Int((z ^ z >> 31) % UInt64(bound))
    }

    /// One article as a line of JSON; about 1.5 KB, now and then much more.
    mutating func line(number: Int) -> [UInt8] {
        var count = 6 + random(below: 10)
        if random(below: 50) == 0 { count *= 10 }
        var body: [String] = []
        for _ in 0..<count {
            // A word that occurs nowhere else keeps texts apart, and compression honest.
            body.append(
                "\(sentences[random(below: sentences.count)]) \(String(random(below: 1 << 30), radix: 36))")
        }
        let day = 1 + random(below: 28)
        let article = JSONValue.object([
            JSONMember(name: "author", value: .string(authors[random(below: authors.count)])),
            JSONMember(name: "body", value: .string(body.joined(separator: ". ") + ".")),
            JSONMember(
                name: "date", value: .string("2025-0\(1 + random(below: 9))-\(day < 10 ? "0" : "")\(day)")),
            JSONMember(name: "tags", value: .array([.string(tags[random(below: tags.count)])])),
            JSONMember(
                name: "title",
                value: .string("\(number): \(sentences[random(below: sentences.count)].prefix(60))")),
            JSONMember(name: "url", value: .string("https://example.org/articles/\(number)")),
        ])
        return article.canonicalBytes() + [UInt8(ascii: "\n")]
    }
}
