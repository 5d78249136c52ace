import Support

/// Articles of made-up words: as many as a test needs, the same for the same seed, and not easily compressed.
enum GeneratedArticles {
    /// JSON Lines with a title, a body and a URL each.
    static func lines(
        _ count: Int, words: Int, named name: String, _ random: inout SplitMix64
    ) -> String {
        var text = ""
        for index in 0..<count {
            text += #"{"title":"\#(name) \#(index)","url":"https://\#(name).example/\#(index)","body":""#
            for _ in 0..<words {
                text += String(UInt32.random(in: 0...(.max), using: &random), radix: 36) + " "
            }
            text += "\"}\n"
        }
        return text
    }
}
