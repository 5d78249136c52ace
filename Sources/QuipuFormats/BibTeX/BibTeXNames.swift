internal import QuipuNaturalKeys

/// Lists of names as BibTeX has them: `First von Last and von Last, Jr, First and {An Organisation} and others`, and
/// BibLaTeX's `family=Cruz, given=Ana, prefix=de la`.
enum BibTeXNames {
    /// - Returns: the names in text, and whether `others` follow.
    static func read(_ value: String) -> (names: [NameParts], hasOthers: Bool) {
        var names: [NameParts] = []
        var hasOthers = false
        for words in split(value) {
            let text = words.joined(separator: " ")
            if text.lowercased() == "others" {
                hasOthers = true
            } else if let name = one(text) {
                names.append(name)
            }
        }
        return (names, hasOthers)
    }

    /// The words of each name, between the words `and` that stand outside of brackets.
    private static func split(_ value: String) -> [[String]] {
        var names: [[String]] = [[]]
        for word in words(value) {
            if word.lowercased() == "and" { names.append([]) } else { names[names.count - 1].append(word) }
        }
        return names.filter { !$0.isEmpty }
    }

    /// Words between white space and ties outside of brackets.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        var depth = 0
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if depth == 0,
                scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\r"
                    || scalar == "~" && !isEscaped
            {
                // `\' e` is one letter.
                if isEscaped || word.last == "'" && word.dropLast().last == "\\" {
                    word.append(" ")
                } else {
                    if !word.isEmpty { words.append(String(word)) }
                    word = String.UnicodeScalarView()
                }
                isEscaped = false
                continue
            }
            if scalar == "{" { depth += 1 }
            if scalar == "}" { depth = max(0, depth - 1) }
            isEscaped = scalar == "\\" && !isEscaped
            word.append(scalar)
        }
        if !word.isEmpty { words.append(String(word)) }
        return words
    }

    private static func commaParts(_ text: String) -> [String] {
        var parts: [String] = []
        var part = String.UnicodeScalarView()
        var depth = 0
        for scalar in text.unicodeScalars {
            if scalar == "{" { depth += 1 }
            if scalar == "}" { depth = max(0, depth - 1) }
            if scalar == ",", depth == 0 {
                parts.append(WhiteSpace.trimmed(String(part)))
                part = String.UnicodeScalarView()
            } else {
                part.append(scalar)
            }
        }
        parts.append(WhiteSpace.trimmed(String(part)))
        return parts
    }

    private static func one(_ text: String) -> NameParts? {
        if isBraced(text) {
            let literal = LaTeXText.decode(text)
            return literal.isEmpty ? nil : NameParts(literal: literal)
        }
        let parts = commaParts(text)
        if let extended = extended(parts) { return extended }
        let told = parts.filter { !$0.isEmpty }
        switch told.count {
        case 0: return nil
        case 1: return inOrder(words(told[0]))
        case 2: return inverted(told[0], given: told[1], suffix: "")
        default: return inverted(told[0], given: told[2...].joined(separator: " "), suffix: told[1])
        }
    }

    /// Whether one pair of brackets holds all of it.
    private static func isBraced(_ text: String) -> Bool {
        guard text.hasPrefix("{"), text.hasSuffix("}"), !text.hasPrefix("{\\") else { return false }
        var depth = 0
        for (place, byte) in text.utf8.enumerated() {
            if byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "}") { depth -= 1 }
            if depth == 0 { return place == text.utf8.count - 1 }
        }
        return false
    }

    private static func extended(_ parts: [String]) -> NameParts? {
        var found: [String: String] = [:]
        for part in parts {
            guard let equals = part.firstIndex(of: "=") else { return nil }
            let name = WhiteSpace.trimmed(String(part[..<equals])).lowercased()
            guard
                ["family", "given", "prefix", "suffix", "given-i", "useprefix", "family-i", "prefix-i"]
                    .contains(name)
            else { return nil }
            found[name] = LaTeXText.decode(String(part[part.index(after: equals)...]))
        }
        guard let family = found["family"], !family.isEmpty else { return nil }
        return NameParts(
            given: found["given"] ?? "", particle: found["prefix"] ?? "", family: family,
            suffix: found["suffix"] ?? "")
    }

    /// `First von Last`.
    private static func inOrder(_ words: [String]) -> NameParts? {
        guard let last = words.last else { return nil }
        if words.count == 1 { return NameParts(literal: LaTeXText.decode(last)) }
        let start = words.dropLast().firstIndex(where: isSmall) ?? words.count - 1
        var end = start
        while end < words.count - 1,
            isSmall(words[end]) || words[end..<(words.count - 1)].contains(where: isSmall)
        { end += 1 }
        return NameParts(
            given: decode(words[..<start]), particle: decode(words[start..<end]),
            family: decode(words[end...]))
    }

    /// `von Last`, and what stands behind the comma.
    private static func inverted(_ last: String, given: String, suffix: String) -> NameParts {
        let words = words(last)
        let lastSmall = words.dropLast().lastIndex(where: isSmall)
        let particles = words.first.map(isSmall) == true ? words[...(lastSmall ?? -1)] : words[..<0]
        return NameParts(
            given: LaTeXText.decode(given), particle: decode(particles),
            family: decode(words[particles.count...]),
            suffix: LaTeXText.decode(suffix))
    }

    private static func decode(_ words: ArraySlice<String>) -> String {
        LaTeXText.decode(words.joined(separator: " "))
    }

    /// Whether the first letter outside of brackets is a small one; that of `{\'e}` counts.
    private static func isSmall(_ word: String) -> Bool {
        guard let first = word.unicodeScalars.first else { return false }
        if first == "{", !word.hasPrefix("{\\") { return false }
        let text = first == "{" || first == "\\" ? LaTeXText.decode(word) : word
        return text.unicodeScalars.first { $0.properties.isAlphabetic }?.properties.isLowercase == true
    }
}
