/// Text as a value of BibLaTeX in UTF-8: only what LaTeX would take for a command or a bracket is written otherwise.
enum LaTeXSafe {
    static func text(_ text: String) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count + 16)
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\textbackslash{}"
            case "{": out += "\\textbraceleft{}"
            case "}": out += "\\textbraceright{}"
            case "~": out += "\\textasciitilde{}"
            case "^": out += "\\textasciicircum{}"
            case "`": out += "\\textasciigrave{}"
            case "$", "&", "%", "#", "_": out += "\\" + String(scalar)
            // Two of them would become a dash or a quotation mark.
            case "-" where previous == "-", "'" where previous == "'": out += "{}" + String(scalar)
            default: out.unicodeScalars.append(scalar)
            }
            previous = scalar
        }
        return out
    }

    /// A title, in which styles change capitals: words that have one inside, or nothing else, are protected.
    static func title(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            let isProtected = word.dropFirst().contains(where: \.isUppercase)
            let safe = Self.text(String(word))
            return isProtected ? "{\(safe)}" : safe
        }.joined(separator: " ")
    }

    /// An address: as it stands, but for brackets.
    static func address(_ text: String) -> String {
        text.replacing("{", with: "%7B").replacing("}", with: "%7D").replacing("\\", with: "%5C")
    }

    static func name(_ name: NameParts) -> String {
        if !name.literal.isEmpty { return name.literal.contains(" ") || name.literal.contains(",") ? "{\(text(name.literal))}" : text(name.literal) }
        let family = text([name.particle, name.family].filter { !$0.isEmpty }.joined(separator: " "))
        let guarded = hasPlainAnd(family) ? "{\(family)}" : family
        let given = hasPlainAnd(name.given) ? "{\(text(name.given))}" : text(name.given)
        if name.suffix.isEmpty { return given.isEmpty ? "{\(guarded)}" : "\(guarded), \(given)" }
        return "\(guarded), \(text(name.suffix)), \(given)"
    }

    private static func hasPlainAnd(_ text: String) -> Bool {
        text.split(separator: " ").contains { $0.lowercased() == "and" } || text.contains(",")
    }
}
