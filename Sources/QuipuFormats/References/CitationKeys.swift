internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Keys by which texts cite the records of an export: a record's own where it came with one, else made of its author,
/// year and title and of its id, so that it stays the same whatever else is exported.
struct CitationKeys {
    private var used: Set<String> = []

    mutating func key(of reference: inout ExportedReference, authors: [NameParts], date: String?) -> String {
        let own = ["citationKey", "citation-key"].lazy.compactMap { [reference] in reference.peek("x-" + $0)?.string }.first
        for name in ["citationKey", "citation-key"] { _ = reference.take("x-" + name) }
        let bare = reference.id.filter { $0 != "-" }
        if let own, Self.isKey(own) {
            if used.insert(own.lowercased()).inserted { return own }
            return unique(own + "-", bare)
        }
        let author = authors.first.map { $0.literal.isEmpty ? $0.family : $0.literal }
        let title = reference.peek("title")?.string ?? ""
        let word = title.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).first { $0.count > 3 }.map(String.init) ?? ""
        let parts = [author.map { Self.plain($0) } ?? "", date.map { String($0.prefix(4)) } ?? "", Self.plain(word)]
        let base = parts.joined()
        return unique(base.isEmpty ? "record-" : base + "-", bare)
    }

    private mutating func unique(_ base: String, _ id: String) -> String {
        for count in [4, 8, 16] where used.insert(base.lowercased() + id.prefix(count)).inserted { return base + id.prefix(count) }
        used.insert(base.lowercased() + id)
        return base + id
    }

    /// What BibTeX and LaTeX take as a key.
    static func isKey(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 200
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"{}(),=\"#%~\\'".utf8.contains($0) }
    }

    /// The first word in small ASCII letters, without accents.
    private static func plain(_ text: String) -> String {
        var out: [UInt8] = []
        for scalar in text.nfc.unicodeScalars.prefix(64) {
            if scalar.isASCII, ASCII.isAlphanumeric(UInt8(scalar.value)) {
                out.append(ASCII.lowercased(UInt8(scalar.value)))
            } else if let letters = letters[scalar] {
                out += letters.utf8
            } else if scalar == " ", !out.isEmpty {
                break
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Letters of Latin without their accents.
    private static let letters: [Unicode.Scalar: String] = {
        var letters: [Unicode.Scalar: String] = [
            "ß": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d",
            "Đ": "d", "ð": "d", "Ð": "d", "þ": "th", "Þ": "th", "ı": "i",
        ]
        for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".unicodeScalars {
            for mark in ["\u{300}", "\u{301}", "\u{302}", "\u{303}", "\u{304}", "\u{306}", "\u{307}", "\u{308}", "\u{30A}", "\u{30B}", "\u{30C}", "\u{323}", "\u{327}", "\u{328}"] {
                let composed = (String(letter) + mark).nfc.unicodeScalars
                if composed.count == 1, let scalar = composed.first { letters[scalar] = String(letter).lowercased() }
            }
        }
        return letters
    }()
}
