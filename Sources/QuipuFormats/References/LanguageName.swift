internal import QuipuNaturalKeys

/// Languages as reference managers write them, as tags of BCP 47: `English`, `ngerman`, `eng`, `en-GB`.
enum LanguageName {
    /// The tag; nil where the text is no language that is known, which is then kept as it stands.
    static func tag(_ text: String) -> String? {
        let trimmed = WhiteSpace.trimmed(text)
        guard trimmed.utf8.count <= 64 else { return nil }
        let lowered = trimmed.lowercased()
        if let tag = byName[lowered] { return tag }
        // Other words of two or three letters are no languages.
        let first = lowered.split(whereSeparator: { $0 == "-" || $0 == "_" }).first.map(String.init) ?? ""
        guard first.utf8.count == 2 || lowered.utf8.count == 3, first.utf8.allSatisfy(ASCII.isLetter) else {
            return nil
        }
        return String(trimmed.map { $0 == "_" ? "-" : $0 })
    }

    /// Babel's name, as BibLaTeX wants it in `langid`; nil for what has none here.
    static func babel(_ tag: String) -> String? {
        byTag[tag.lowercased()] ?? byTag[String(tag.lowercased().prefix { $0 != "-" })]
    }

    private static let table: [(tag: String, names: [String])] = [
        ("en", ["english", "eng"]), ("en-US", ["american", "usenglish"]),
        ("en-GB", ["british", "ukenglish"]), ("de", ["german", "ngerman", "deutsch", "ger", "deu"]),
        ("de-AT", ["austrian", "naustrian"]), ("fr", ["french", "francais", "français", "fre", "fra"]),
        ("es", ["spanish", "español", "espanol", "castellano", "spa"]),
        ("it", ["italian", "italiano", "ita"]),
        ("pt", ["portuguese", "português", "portugues", "por"]),
        ("pt-BR", ["brazilian", "brazil", "brazilian portuguese"]),
        ("nl", ["dutch", "nederlands", "dut", "nld"]),
        ("sv", ["swedish", "svenska", "swe"]), ("da", ["danish", "dansk", "dan"]),
        ("nb", ["norwegian", "norsk", "nor", "nob"]), ("fi", ["finnish", "suomi", "fin"]),
        ("pl", ["polish", "polski", "pol"]), ("cs", ["czech", "cze", "ces"]),
        ("sk", ["slovak", "slo", "slk"]),
        ("hu", ["hungarian", "magyar", "hun"]), ("ro", ["romanian", "rum", "ron"]),
        ("bg", ["bulgarian", "bul"]),
        ("ru", ["russian", "русский", "rus"]), ("uk", ["ukrainian", "ukr"]), ("el", ["greek", "gre", "ell"]),
        ("la", ["latin", "lat"]), ("tr", ["turkish", "türkçe", "tur"]), ("ar", ["arabic", "ara"]),
        ("he", ["hebrew", "heb"]), ("fa", ["persian", "farsi", "per", "fas"]), ("hi", ["hindi", "hin"]),
        ("ja", ["japanese", "日本語", "jpn"]), ("zh", ["chinese", "中文", "chi", "zho"]),
        ("ko", ["korean", "한국어", "kor"]), ("id", ["indonesian", "ind"]), ("vi", ["vietnamese", "vie"]),
        ("ca", ["catalan", "català", "cat"]), ("hr", ["croatian", "hrv", "scr"]),
        ("sr", ["serbian", "srp", "scc"]),
        ("sl", ["slovene", "slovenian", "slv"]), ("et", ["estonian", "est"]), ("lt", ["lithuanian", "lit"]),
        ("lv", ["latvian", "lav"]), ("is", ["icelandic", "ice", "isl"]),
    ]

    private static let byName: [String: String] = {
        var names: [String: String] = [:]
        for row in table { for name in row.names { names[name] = row.tag } }
        return names
    }()

    private static let byTag: [String: String] = {
        var tags: [String: String] = [:]
        for row in table { tags[row.tag.lowercased()] = row.names[0] }
        return tags
    }()
}
