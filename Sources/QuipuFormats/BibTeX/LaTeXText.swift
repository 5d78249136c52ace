internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Turns a value of BibTeX into text: accents and symbols as Unicode, markup and protecting brackets gone.
///
/// No recursion: brackets are counted on a stack of commands that wait for their argument.
struct LaTeXText {
    /// What waits for the bracket that is open now.
    private enum Waiting {
        case nothing
        case accent(Unicode.Scalar)
        case raised
        case lowered
        /// An argument that is not part of the text.
        case dropped
        /// Braces that ended a formula.
        case formula
        /// What an address is written as.
        case link(String)
    }

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var out: [Unicode.Scalar] = []
    /// The open brackets: what waits for each, and where in `out` it began.
    private var stack: [(waiting: Waiting, start: Int)] = []
    /// Of what a command is applied to; longer texts, and those inside more brackets, are taken as they stand.
    private static let maximumArgument = 4_096
    private static let maximumDepth = 1_000
    private var pending = Waiting.nothing
    private var isFormula = false
    /// Whether a blank line parts paragraphs; else it is a space.
    private let keepsParagraphs: Bool

    static func decode(_ text: String, keepsParagraphs: Bool = false) -> String {
        // Most values are plain.
        if text.utf8.allSatisfy({ !"\\{}$~`'-^_\n".utf8.contains($0) }) {
            return collapse(text, keepsParagraphs)
        }
        var decoder = LaTeXText(text, keepsParagraphs)
        decoder.run()
        return collapse(InlineMarkup.stripped(string(decoder.out[...]).nfc), keepsParagraphs)
    }

    private init(_ text: String, _ keepsParagraphs: Bool) {
        scalars = Array(text.unicodeScalars)
        self.keepsParagraphs = keepsParagraphs
    }

    static func collapse(_ text: String, _ keepsParagraphs: Bool) -> String {
        keepsParagraphs ? Paragraphs.joined(text) : NameParts.collapsed(text)
    }

    private mutating func run() {
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "\\": command()
            case "{": open(pending)
            case "}": close()
            case "$":
                if index < scalars.count, scalars[index] == "$" { index += 1 }
                isFormula.toggle()
            case "~": put(" ")
            case "^" where isFormula: pending = .raised
            case "_" where isFormula: pending = .lowered
            case "-" where !isFormula && next("-"):
                index += 1
                if next("-") {
                    index += 1
                    put("—")
                } else {
                    put("–")
                }
            case "`" where !isFormula:
                if next("`") {
                    index += 1
                    put("“")
                } else {
                    put("‘")
                }
            case "'" where !isFormula && next("'"):
                index += 1
                put("”")
            default: put(scalar)
            }
        }
        while !stack.isEmpty { close() }
    }

    private func next(_ scalar: Unicode.Scalar) -> Bool { index < scalars.count && scalars[index] == scalar }

    private mutating func open(_ waiting: Waiting) {
        pending = .nothing
        stack.append((stack.count < Self.maximumDepth ? waiting : .nothing, out.count))
    }

    private mutating func close() {
        guard let (waiting, start) = stack.popLast() else { return }
        switch waiting {
        case .nothing: break
        case .dropped: out.removeSubrange(start...)
        case .formula: isFormula = false
        case .link(let address):
            let text = Self.string(out[start...])
            if text != address { out += Array((text.isEmpty ? address : " (\(address))").unicodeScalars) }
        case .accent, .raised, .lowered:
            guard out.count - start <= Self.maximumArgument else { break }
            let inner = Self.string(out[start...])
            out.removeSubrange(start...)
            out.append(contentsOf: Self.apply(waiting, inner).unicodeScalars)
        }
        pending = .nothing
    }

    private static func apply(_ waiting: Waiting, _ text: String) -> String {
        switch waiting {
        case .accent(let mark):
            guard let first = text.unicodeScalars.first else {
                return mark == "\u{303}" ? "~" : mark == "\u{302}" ? "^" : ""
            }
            // The letters without a dot are written to carry one.
            let base: Unicode.Scalar = first == "ı" ? "i" : first == "ȷ" ? "j" : first
            var scalars = String.UnicodeScalarView()
            scalars.append(base)
            scalars.append(mark)
            scalars.append(contentsOf: text.unicodeScalars.dropFirst())
            return String(scalars)
        case .raised:
            return shifted(text, LaTeXSymbols.raised) ?? (text.count > 1 ? "^(\(text))" : "^" + text)
        case .lowered: return shifted(text, LaTeXSymbols.lowered) ?? "_" + text
        case .nothing, .dropped, .formula, .link: return text
        }
    }

    private static func shifted(_ text: String, _ table: [Character: Character]) -> String? {
        let shifted = text.compactMap { table[$0] }
        return shifted.count == text.count ? String(shifted) : nil
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        if case .nothing = pending { return out.append(scalar) }
        // `\' e`: an accent passes over spaces.
        if case .accent = pending, scalar == " " || scalar == "\n" { return }
        let waiting = pending
        pending = .nothing
        out.append(contentsOf: Self.apply(waiting, String(scalar)).unicodeScalars)
    }

    private mutating func put(text: String) {
        if case .nothing = pending { return out.append(contentsOf: text.unicodeScalars) }
        let waiting = pending
        pending = .nothing
        out.append(contentsOf: Self.apply(waiting, text).unicodeScalars)
    }

    // MARK: Commands

    private mutating func command() {
        guard index < scalars.count else { return put("\\") }
        let first = scalars[index]
        guard first.isASCII, ASCII.isLetter(UInt8(first.value)) else {
            index += 1
            return symbol(first)
        }
        var end = index
        while end < scalars.count, scalars[end].isASCII, ASCII.isLetter(UInt8(scalars[end].value)) {
            end += 1
        }
        let name = Self.string(scalars[index..<end])
        index = end
        word(name)
    }

    private mutating func symbol(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\\", "\n":
            put(" ")
        case " ": put(" ")
        case ",", ";", ":", "!", "/", "-", "(", ")", "[", "]", "@":
            if scalar == "(" { isFormula = true }
            if scalar == ")" { isFormula = false }
            if scalar == "," || scalar == ";" || scalar == ":" {
                put(scalar == ":" && !isFormula ? ":" : " ")
            }
            if scalar == "/" || scalar == "[" || scalar == "]" {
                put(text: scalar == "/" ? "" : String(scalar))
            }
        default:
            if let mark = LaTeXSymbols.accents[String(scalar)] {
                pending = .accent(mark)
                if index >= scalars.count { put(text: "") }
            } else {
                put(scalar)
            }
        }
    }

    private mutating func word(_ name: String) {
        if let text = isFormula ? LaTeXSymbols.mathematics(name) : LaTeXSymbols.text(name) {
            skipSpace()
            if next("{"), index + 1 < scalars.count, scalars[index + 1] == "}" { index += 2 }
            return put(text: text)
        }
        if let mark = LaTeXSymbols.accents[name] {
            skipSpace()
            pending = .accent(mark)
            return
        }
        switch name {
        case "textsuperscript", "textsup", "sp": pending = .raised
        case "textsubscript", "textsub", "sb": pending = .lowered
        case "ensuremath":
            skipSpace()
            if next("{") {
                index += 1
                isFormula = true
                open(.formula)
            }
        case "url", "path", "nolinkurl":
            if let address = argument() { put(text: address) }
        case "href":
            guard let address = argument() else { break }
            skipSpace()
            if next("{") {
                index += 1
                open(.link(address))
            } else {
                put(text: address)
            }
        case "hspace", "vspace", "label", "cite", "textcolor", "color", "fontsize", "hskip", "vskip":
            skipSpace()
            if next("{") {
                index += 1
                open(.dropped)
            }
        case "frac": skipSpace()
        case "char": character()
        case _ where LaTeXCommands.switches.contains(name): skipSpace()
        case _ where LaTeXCommands.formats.contains(name): skipSpace()
        default:
            // Unknown: its argument is text; without one, it stands as it is, as far as it can be a symbol.
            if let text = LaTeXSymbols.mathematics(name) { return put(text: text) }
            skipSpaceBeforeBracket()
            if !next("{") { put(text: "\\" + name) }
        }
    }

    /// An argument as it stands.
    private mutating func argument() -> String? {
        skipSpace()
        var depth = 0
        for end in index..<scalars.count where next("{") {
            depth += scalars[end] == "{" ? 1 : scalars[end] == "}" ? -1 : 0
            guard depth == 0 else { continue }
            let text = Self.string(scalars[(index + 1)..<end])
            index = end + 1
            return BibTeXMapping.verbatim(text)
        }
        return nil
    }

    /// `\char38`, `\char"26`.
    private mutating func character() {
        let isHexadecimal = next("\"")
        if isHexadecimal { index += 1 }
        var digits = ""
        while index < scalars.count, scalars[index].isASCII, digits.count < 6,
            isHexadecimal
                ? ASCII.hexadecimalDigit(UInt8(scalars[index].value)) != nil
                : ASCII.isDigit(UInt8(scalars[index].value))
        {
            digits.unicodeScalars.append(scalars[index])
            index += 1
        }
        if let value = UInt32(digits, radix: isHexadecimal ? 16 : 10), let scalar = Unicode.Scalar(value),
            value >= 0x20
        {
            put(scalar)
        }
    }

    private mutating func skipSpace() {
        while index < scalars.count, scalars[index] == " " || scalars[index] == "\n" || scalars[index] == "\t"
        { index += 1 }
    }

    private mutating func skipSpaceBeforeBracket() {
        var place = index
        while place < scalars.count, scalars[place] == " " { place += 1 }
        if place < scalars.count, scalars[place] == "{" { index = place }
    }
}
