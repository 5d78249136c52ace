internal import QuipuNaturalKeys

/// The parts of a person's name, or the name of an organisation as a whole.
///
/// Articles hold names as people say them, `Ana de la Cruz`; formats of references write them in parts. Where the parts
/// cannot be guessed from what is shown, a reader keeps them beside it.
struct NameParts: Equatable {
    var given = ""
    /// `van der`, `de`.
    var particle = ""
    var family = ""
    /// `Jr.`, `III`.
    var suffix = ""
    /// The name of an organisation, or one that has no parts; the others are empty then.
    var literal = ""

    init(given: String = "", particle: String = "", family: String, suffix: String = "") {
        (self.given, self.particle, self.family, self.suffix) = (given, particle, family, suffix)
    }

    init(literal: String) { self.literal = literal }

    /// As it is shown: `Ana de la Cruz Jr.`
    var shown: String {
        literal.isEmpty
            ? [given, particle, family, suffix].filter { !$0.isEmpty }.joined(separator: " ") : literal
    }

    /// `de la Cruz, Ana, Jr.`, as RIS writes it.
    var inverted: String {
        if !literal.isEmpty { return literal }
        let last = particle.isEmpty ? family : particle + " " + family
        if given.isEmpty, suffix.isEmpty { return last }
        return suffix.isEmpty ? "\(last), \(given)" : "\(last), \(given), \(suffix)"
    }

    /// As `inverted`, but an organisation that has a comma in its name stands in braces.
    var kept: String { literal.unicodeScalars.contains(",") ? "{\(literal)}" : inverted }

    /// Of RIS, EndNote and MEDLINE: `Cruz, Ana`, `Cruz, Ana, Jr.`; what has no comma is an organisation, or a name in its
    /// order.
    init(inverted text: String) {
        if text.hasPrefix("{"), text.hasSuffix("}"), text.utf8.count > 2 {
            self.init(literal: NameParts.collapsed(String(text.dropFirst().dropLast())))
            return
        }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
            NameParts.collapsed(String($0))
        }
        let told = parts.filter { !$0.isEmpty }
        if told.count < 2 || parts.count > 3 || parts[0].isEmpty {
            // A comma at the end marks an organisation.
            let whole = NameParts.collapsed(parts.count > 3 ? text : told.joined(separator: ", "))
            self.init(literal: whole)
            return
        }
        self.init(given: parts[1], family: parts[0], suffix: parts.count == 3 ? parts[2] : "")
    }

    /// A name as it is shown, of one that may be inverted: `Smith, John` is John Smith, and `Smith Institute, London` is what it is.
    static func turned(_ name: String) -> String {
        let shown = collapsed(name)
        guard shown.unicodeScalars.contains(","), !isOrganisation(shown) else { return shown }
        return NameParts(inverted: shown).shown
    }

    private static func isOrganisation(_ name: String) -> Bool {
        name.split { $0.isWhitespace || $0 == "," }.contains { organisationWords.contains($0.lowercased()) }
    }

    /// Of a name as it is shown: the last word is the family's, with the particles before it; words that organisations are
    /// called by make it the name of one.
    init(guessing shown: String) {
        if shown.unicodeScalars.contains(",") {
            self.init(inverted: shown)
            return
        }
        var words = shown.split(whereSeparator: { $0.isWhitespace }).map(String.init)
        let isOrganisation = words.contains { NameParts.organisationWords.contains($0.lowercased()) }
        guard words.count > 1, !isOrganisation else {
            self.init(literal: NameParts.collapsed(shown))
            return
        }
        var suffix = ""
        if words.count > 2, let last = words.last, NameParts.suffixes.contains(last) {
            suffix = last
            words.removeLast()
        }
        let family = words.removeLast()
        var particles: [String] = []
        while let word = words.last, NameParts.isParticle(word) {
            particles.insert(word, at: 0)
            words.removeLast()
        }
        self.init(
            given: words.joined(separator: " "), particle: particles.joined(separator: " "), family: family,
            suffix: suffix)
    }

    /// Whether guessing from what is shown gives the same parts, but for which words before the family's are particles.
    var canBeGuessed: Bool {
        let guess = NameParts(guessing: shown)
        return guess.literal.isEmpty == literal.isEmpty && guess.inverted == inverted
    }

    private static func isParticle(_ word: String) -> Bool {
        word.unicodeScalars.first?.properties.isLowercase == true
    }

    /// Each run of white space is one space.
    static func collapsed(_ text: String) -> String {
        text.split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
    }

    private static let suffixes: Set<String> = ["Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"]

    private static let organisationWords: Set<String> = [
        "academy", "agency", "alliance", "association", "authority", "bank", "board", "bureau", "center",
        "centre",
        "club", "collaboration", "collective", "college", "commission", "committee", "company", "congress",
        "consortium", "corporation", "council", "court", "department", "federation", "foundation", "gmbh",
        "government", "group", "inc", "inc.", "institut", "institute", "institution", "ltd", "ltd.",
        "ministry",
        "museum", "nations", "network", "office", "of", "organisation", "organization", "press", "project",
        "school",
        "service", "society", "staff", "team", "the", "union", "university",
    ]
}
