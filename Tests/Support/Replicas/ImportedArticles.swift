import QuipuCanonicalJSON
public import QuipuStorage

/// Articles as a source gives them, with as many fields as most have, in words of which few are frequent.
public struct ImportedArticles: Sendable {
    public private(set) var items: [ImportItem]
    /// What they take as JSON Lines.
    public let fileBytes: Int

    /// - Parameter seed: the same one gives the same articles.
    public init(_ count: Int, seed: UInt64 = 1) {
        var random = SplitMix64(seed: seed)
        let words = Self.words(4_000, using: &random)
        func prose(_ count: Int) -> String {
            (0..<count).map { _ in
                // By Zipf's law, nearly: the frequency of a word falls with its rank.
                let chance = Double.random(in: 0..<1, using: &random)
                return words[Int(chance * chance * chance * Double(words.count))]
            }.joined(separator: " ")
        }
        var items: [ImportItem] = []
        var fileBytes = 0
        for number in 0..<count {
            let values: [(String, [UInt8])] = [
                ("author", canonicalString(prose(2))),
                ("body", canonicalString(prose(Int.random(in: 120...420, using: &random)) + ".")),
                ("language", canonicalString("es")),
                ("published", canonicalString("2026-0\(1 + number % 9)-1\(number % 10)")),
                ("source", canonicalString("The \(prose(1)) post")),
                ("tags/\(words[number % 30])", Array("true".utf8)),
                ("title", canonicalString(prose(8))),
                ("url", canonicalString("https://example.org/\(number)/\(words[number % 4_000])")),
            ]
            fileBytes += values.reduce(10) { $0 + $1.0.utf8.count + $1.1.count + 4 }
            items.append(
                ImportItem(
                    kind: "article", fields: values.map { (name: $0.0, json: $0.1) },
                    source: ItemSource(scope: "press", id: "\(seed)-\(number)")))
        }
        (self.items, self.fileBytes) = (items, fileBytes)
    }

    /// The same articles, each with one more tag.
    public func tagged(_ tag: String) -> ImportedArticles {
        var copy = self
        for index in copy.items.indices {
            copy.items[index].fields.append((name: "tags/\(tag)", json: Array("true".utf8)))
        }
        return copy
    }

    private static func words(_ count: Int, using random: inout SplitMix64) -> [String] {
        let syllables = [
            "ha", "ri", "ven", "to", "lu", "che", "mar", "ñe", "sol", "qui", "pu", "an", "der", "ío",
        ]
        return (0..<count).map { _ in
            (0..<Int.random(in: 1...4, using: &random)).map { _ in syllables.randomElement(using: &random)! }
                .joined()
        }
    }
}
