/// Writes a manual page in mdoc(7), of which `mandoc -T lint` has nothing to say.
struct ManualText {
    private(set) var lines: [String]
    /// Of a line of the source, which mandoc asks to keep short.
    private static let mostBytes = 80

    /// - Parameters:
    ///   - name: in lower case: `quipu-import`.
    ///   - abstract: one line without a full stop.
    init(name: String, section: Int, abstract: String, date: String) {
        lines = [
            ".Dd \(date)", ".Dt \(name.uppercased()) \(section)", ".Os", ".Sh NAME", ".Nm \(name)",
            ".Nd \(Self.escaped(abstract))",
        ]
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    mutating func section(_ title: String) { lines.append(".Sh \(title)") }

    /// A line of macros, whose words are escaped already.
    mutating func macro(_ line: String) { lines.append(line) }

    /// Sentences, each on a line of its own.
    mutating func sentences(_ text: String) {
        var sentence: [String] = []
        var words = text.split(separator: " ").map(String.init)[...]
        while let word = words.popFirst() {
            sentence.append(word)
            let bare = word.drop { "(“'".contains($0) }.reversed().drop { ")”'".contains($0) }
            let ends = bare.first.map { ".!?".contains($0) } == true
            if ends || words.isEmpty {
                fold(sentence)
                sentence = []
            }
        }
    }

    private mutating func fold(_ words: [String]) {
        var line = ""
        for word in words {
            let longer = line.isEmpty ? Self.escaped(word) : line + " " + Self.escaped(word, isFirst: false)
            // mandoc counts a character outside ASCII as the escape that stands for it: \[u2026].
            let bytes = longer.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 1 : 9) }
            if bytes > Self.mostBytes, !line.isEmpty {
                lines.append(line)
                line = Self.escaped(word)
            } else {
                line = longer
            }
        }
        if !line.isEmpty { lines.append(line) }
    }

    /// What stands between empty lines is a paragraph; a line that begins with a space is one that is typed.
    mutating func paragraphs(_ text: String) {
        var isFirst = true
        for block in HelpLayout.paragraphs(text, width: .max).split(separator: "") {
            if !isFirst { lines.append(".Pp") }
            isFirst = false
            var isBroken = false
            for line in block {
                if line.hasPrefix(" ") {
                    lines.append(".Dl \(Self.escaped(line.drop { $0 == " " }))")
                } else {
                    if isBroken { lines.append(".Pp") }
                    sentences(line)
                }
                isBroken = true
            }
        }
    }

    /// A list of terms and what they mean.
    /// - Parameter rows: terms as macros that follow `.It`, meanings as plain words.
    mutating func list(_ rows: [(term: String, meaning: String)]) {
        lines.append(".Bl -tag -width Ds")
        for row in rows {
            lines.append(".It \(row.term)")
            sentences(HelpLayout.sentence(row.meaning))
        }
        lines.append(".El")
    }

    mutating func blocks(_ blocks: [HelpBlock]) {
        var isFirst = true
        for block in blocks {
            switch block {
            case .heading(let title): lines.append(".Ss \(Self.escaped(title))")
            case .paragraph(let text):
                if !isFirst { lines.append(".Pp") }
                sentences(text)
            case .rows(let rows): list(rows.map { (Self.word($0.typed), $0.meaning) })
            case .example(let commands): lines += commands.map { ".Dl \(Self.escaped($0))" }
            }
            isFirst = if case .heading = block { true } else { false }
        }
    }

    mutating func seeAlso(_ pages: [(name: String, section: Int)]) {
        section("SEE ALSO")
        for (index, page) in pages.enumerated() {
            lines.append(".Xr \(page.name) \(page.section)" + (index + 1 < pages.count ? " ," : ""))
        }
    }

    /// One word of a macro.
    static func word(_ text: String) -> String {
        let text = escaped(text).split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\\(dq")
        return text.contains(" ") || text.count < 3 ? "\"\(text)\"" : text
    }

    /// Plain text: nothing in it is markup.
    /// - Parameter isFirst: it begins a line.
    static func escaped(_ text: some StringProtocol, isFirst: Bool = true) -> String {
        var result = ""
        if isFirst, text.first == "." || text.first == "'" { result += "\\&" }
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "~": result += "\\(ti"
            case "^": result += "\\(ha"
            case "`": result += "\\(ga"
            default: result.append(character)
            }
        }
        return result
    }
}
