import Testing

@testable import quipu

@Suite struct `The columns of a text are counted` {
    @Test(arguments: [
        ("", 0), ("quipu", 5), ("\u{301}", 0), ("a\u{34F}", 1), ("Ñáñez", 5),
        ("N\u{303}a\u{301}n\u{303}ez", 5), ("織物", 4), ("한국", 4),
        ("ｱ", 1),
        ("Ａ", 2), ("🧵", 2), ("👩‍🌾", 2), ("🇵🇪", 2), ("☀", 1), ("☀\u{FE0F}", 2), ("a\u{200B}b", 2), ("…", 1),
        ("\u{1100}\u{1161}", 2), ("नि", 1),
    ])
    func `columns are counted as a terminal draws them`(_ text: String, columns: Int) {
        #expect(DisplayWidth.of(text) == columns)
    }

    @Test(arguments: [
        ("quipu", 5, "quipu"), ("quipus", 5, "quip…"), ("two words", 5, "two…"), ("織物館", 5, "織物…"),
        ("織物館", 6, "織物館"), ("織物館", 4, "織…"), ("quipu", 1, "…"), ("quipu", 0, ""), ("", 0, ""),
        ("N\u{303}a\u{301}n\u{303}ez", 4, "N\u{303}a\u{301}n\u{303}…"),
    ])
    func `a text is cut to a number of columns`(_ text: String, columns: Int, cut: String) {
        #expect(DisplayWidth.cut(text, to: columns) == cut)
    }
}
