internal import QuipuNaturalKeys

/// What the names that a page's makers gave to its parts (`class`, `id`) say about them. The words are those that Arc90's
/// Readability began to collect, and that its descendants keep adding to.
enum ClassWords {
    private static func list(_ words: String) -> [[UInt8]] {
        words.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A }).map { Array($0) }
    }

    private static let besidesText = list(
        """
        ad-break -ad- agegate ai2html banner breadcrumbs combx comment community cover-wrap disqus extra footer gdpr
        header legends menu pager pagination popup related remark replies rss shoutbox sidebar skyscraper social sponsor
        supplemental yom-remote
        """)
    private static let perhapsText = list("and article body column content main mathjax shadow")
    private static let good = list(
        "article blog body content entry hentry h-entry main page pagination post story text")
    private static let bad = list(
        """
        -ad- banner com- combx comment contact footer gdpr hidden masthead media meta outbrain promo related scroll share
        shopping shoutbox sidebar skyscraper sponsor tags widget
        """)
    private static let ofAuthors = list("author byline dateline p-author writtenby")

    /// Whether the part is hardly what a page is read for.
    static func areBesidesText(_ names: [UInt8]) -> Bool {
        hasAny(besidesText, names) && !hasAny(perhapsText, names)
    }

    static func areOfAuthors(_ names: [UInt8]) -> Bool { hasAny(ofAuthors, names) }

    /// Buttons to share with: a word of its own, or parted by `_`.
    static func areOfSharing(_ names: [UInt8]) -> Bool {
        names.split { !ASCII.isAlphanumeric($0) }.contains {
            $0.elementsEqual("share".utf8) || $0.elementsEqual("sharedaddy".utf8)
        }
    }

    /// -50 to 50: bad and good words in its class and in its id.
    static func weight(_ element: MarkupElement) -> Double {
        var weight = 0.0
        for attribute in ["class", "id"] {
            guard let value = element.attribute(attribute), !value.isEmpty else { continue }
            let names = lowered(value)
            if hasAny(bad, names)
                || names.split(separator: 0x20).contains(where: { $0.elementsEqual("hid".utf8) })
            {
                weight -= 25
            }
            if hasAny(good, names) { weight += 25 }
        }
        return weight
    }

    /// Class and id of an element.
    static func names(of element: MarkupElement) -> [UInt8] {
        guard element.hasAttributes else { return [] }
        return lowered((element.attribute("class") ?? "") + " " + (element.attribute("id") ?? ""))
    }

    private static func lowered(_ text: String) -> [UInt8] { text.utf8.prefix(2_048).map(ASCII.lowercased) }

    private static func hasAny(_ words: [[UInt8]], _ names: [UInt8]) -> Bool {
        guard names.count > 2 else { return false }
        return names.withUnsafeBufferPointer { names in
            words.contains { word in
                guard names.count >= word.count else { return false }
                return word.withUnsafeBufferPointer { word in
                    for start in 0...(names.count - word.count) where names[start] == word[0] {
                        var place = 1
                        while place < word.count, names[start + place] == word[place] { place += 1 }
                        if place == word.count { return true }
                    }
                    return false
                }
            }
        }
    }
}
