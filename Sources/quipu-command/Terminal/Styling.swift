/// A look that a terminal can give to text (ECMA-48, "select graphic rendition").
enum Style: Int, Sendable {
    case bold = 1
    case dim = 2
    case underline = 4
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
    case cyan = 36
}

/// Puts styles on text where they are wanted and leaves it alone elsewhere.
struct Styling: Equatable, Sendable {
    let isOn: Bool

    func callAsFunction(_ text: String, _ styles: Style...) -> String {
        apply(styles, to: text)
    }

    func apply(_ styles: [Style], to text: String) -> String {
        guard isOn, !styles.isEmpty, !text.isEmpty else { return text }
        let codes = styles.map { String($0.rawValue) }.joined(separator: ";")
        return "\u{1B}[\(codes)m\(text)\u{1B}[0m"
    }
}
