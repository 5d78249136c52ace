internal import QuipuCanonicalJSON
internal import QuipuTextFolding

/// The words of a site's articles, in scripts that a page from the file system can load: such pages may not read files otherwise.
struct SiteIndex {
    static let shards = 256
    private static let titlesPerFile = 1_000
    private static let longestWord = 40

    /// The articles that have a word, by the word's folded letters.
    private var postings: [String: [UInt32]] = [:]
    private var folder = WordFolder()

    mutating func add(_ texts: [String], of number: Int) {
        for text in texts {
            let folded = folder.words(of: text)
            for word in folded.words {
                let letters = String(decoding: folded[word].prefix(Self.longestWord), as: UTF8.self)
                if postings[letters]?.last != UInt32(number) {
                    postings[letters, default: []].append(UInt32(number))
                }
            }
        }
    }

    func write(_ entries: [SiteEntry], to sink: (String, [UInt8]) throws -> Void) throws {
        var shards: [[String]] = Array(repeating: [], count: Self.shards)
        for word in postings.keys { shards[Self.shard(of: word)].append(word) }
        for (number, words) in shards.enumerated() {
            var out = Array("quipuWords(\(number), {".utf8)
            for (place, word) in words.sorted().enumerated() {
                if place > 0 { out.append(UInt8(ascii: ",")) }
                appendCanonicalString(word, to: &out)
                out += ":[\((postings[word] ?? []).map(String.init).joined(separator: ","))]".utf8
            }
            try sink("search/words-\(number).js", out + Array("});\n".utf8))
        }
        for first in stride(from: 0, to: entries.count, by: Self.titlesPerFile) {
            let file = first / Self.titlesPerFile
            var out = Array("quipuTitles(\(file), [".utf8)
            for (place, entry) in entries.dropFirst(first).prefix(Self.titlesPerFile).enumerated() {
                if place > 0 { out.append(UInt8(ascii: ",")) }
                out.append(UInt8(ascii: "["))
                appendCanonicalString(entry.title, to: &out)
                out.append(UInt8(ascii: ","))
                appendCanonicalString(entry.path, to: &out)
                out.append(UInt8(ascii: ","))
                appendCanonicalString(entry.byline, to: &out)
                out.append(UInt8(ascii: "]"))
            }
            try sink("search/titles-\(file).js", out + Array("]);\n".utf8))
        }
    }

    /// By the first two letters, so that the words that begin alike are in one file.
    static func shard(of word: String) -> Int {
        word.unicodeScalars.prefix(2).reduce(7) { ($0 &* 31 &+ Int($1.value)) % 65_521 } % shards
    }
}
