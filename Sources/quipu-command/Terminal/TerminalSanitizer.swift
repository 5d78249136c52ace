/// Text from articles and peers, made fit for a terminal.
///
/// A terminal obeys what it prints: an escape sequence in a title could clear the screen, rename the window,
/// or on some emulators put words on the command line. What begins with ESC or its one-character forms (C1,
/// ECMA-48 section 5.3) is taken out as a whole when it is complete; of an incomplete one only the control
/// character, so that nothing readable can be hidden behind it. Other controls go, as do the characters that
/// turn the direction of what follows (UAX 9), which could make a line read as another than it is.
enum TerminalSanitizer {
    /// On one line: runs of line breaks, tabs and spaces become one space, and none at either end.
    static func line(_ text: String) -> String {
        var result = ""
        var pendingSpace = false
        var marks = 0
        for scalar in paragraphs(text).unicodeScalars {
            if scalar == " " || scalar == "\n" || scalar == "\t" {
                pendingSpace = !result.isEmpty
                marks = 0
                continue
            }
            marks = scalar.properties.canonicalCombiningClass == .notReordered ? 0 : marks + 1
            if marks > mostMarks { continue }
            if pendingSpace { result.unicodeScalars.append(" ") }
            pendingSpace = false
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// Keeps line breaks (all forms as "\n") and tabs.
    static func paragraphs(_ text: String) -> String {
        if text.utf8.allSatisfy(isPlainByte) { return text }
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar.value {
            case 0x09, 0x0A: result.append(scalar)
            case 0x0D:
                if rest.first == "\n" { rest.removeFirst() }
                result.append("\n")
            case 0x85, 0x2028, 0x2029: result.append("\n")
            case 0x1B: rest = afterSequence(rest)
            case 0x9B: rest = afterParameters(rest) ?? rest
            case 0x90, 0x98, 0x9D, 0x9E, 0x9F: rest = afterString(rest) ?? rest
            case 0..<0x20, 0x7F..<0xA0: break
            case 0x061C, 0x202A...0x202E, 0x2066...0x2069: break
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Accents upon accents can cover the lines around; no script stacks more than this.
    private static let mostMarks = 8
    /// Of a string that a sequence carries; a longer one is taken for text.
    private static let longestString = 4_096

    /// Bytes that neither are nor begin anything to take out. 0xC2 begins U+0080 to U+00BF, 0xD8 U+0600 to
    /// U+063F, 0xE2 U+2000 to U+2FFF.
    private static func isPlainByte(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F && byte != 0xC2 && byte != 0xD8 && byte != 0xE2
            || byte == 0x0A || byte == 0x09
    }

    /// What follows the sequence whose ESC was just read.
    private static func afterSequence(_ rest: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        guard let kind = rest.first else { return rest }
        let inner = rest.dropFirst()
        switch kind {
        case "[": return afterParameters(inner) ?? rest
        case "]", "P", "X", "^", "_": return afterString(inner) ?? rest
        case "\u{20}"..."\u{2F}":
            // Intermediates, then a final character: character sets and the like.
            let final = inner.drop { (0x20...0x2F).contains($0.value) }
            guard let last = final.first, (0x30...0x7E).contains(last.value) else { return rest }
            return final.dropFirst()
        case "\u{30}"..."\u{7E}": return inner
        default: return rest
        }
    }

    /// What follows "parameters, intermediates, final" of a control sequence; `nil` when it is incomplete.
    private static func afterParameters(
        _ rest: Substring.UnicodeScalarView
    ) -> Substring.UnicodeScalarView? {
        let final = rest.drop { (0x30...0x3F).contains($0.value) }.drop { (0x20...0x2F).contains($0.value) }
        guard let last = final.first, (0x40...0x7E).contains(last.value) else { return nil }
        return final.dropFirst()
    }

    /// What follows a string that ends with BEL, ST or ESC \; `nil` when it does not end soon.
    private static func afterString(_ rest: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView? {
        var rest = rest
        for _ in 0..<longestString {
            guard let scalar = rest.popFirst() else { return nil }
            if scalar == "\u{07}" || scalar == "\u{9C}" { return rest }
            if scalar == "\u{1B}" {
                guard rest.first == "\\" else { return nil }
                return rest.dropFirst()
            }
        }
        return nil
    }
}
