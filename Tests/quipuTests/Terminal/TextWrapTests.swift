import Testing

@testable import quipu

@Suite struct `Text is broken at words` {
    private func lines(_ text: String, _ columns: Int?) -> [String] { TextWrap(columns: columns).lines(text) }

    @Test func `wrapped lines break at spaces, which are dropped`() {
        #expect(lines("one two  three", 7) == ["one two", "three"])
        #expect(lines("one two  three", 8) == ["one two", "three"])
        #expect(lines("a b", nil) == ["a b"])
        #expect(lines("", 10) == [""])
        #expect(lines("a\n\nb ", 10) == ["a", "", "b"])
    }

    @Test func `wrapping keeps the indentation of a line and expands tabs`() {
        #expect(lines("  verse one", 8) == ["  verse", "one"])
        #expect(lines("a\tb", 20) == ["a       b"])
    }

    @Test func `wrapping breaks a word that is wider than the line`() {
        #expect(lines("see abcdefghij", 5) == ["see", "abcde", "fghij"])
    }

    @Test func `wrapping counts wide characters as two columns and breaks between them`() {
        #expect(lines("日本語です", 6) == ["日本語", "です"])
        #expect(lines("日本語。です", 6) == ["日本", "語。で", "す"])
        #expect(lines("「日本」語", 4) == ["「日", "本」", "語"])
        #expect(lines("ab日本", 5) == ["ab日", "本"])
    }

    @Test func `no wrapped line exceeds its width, whatever the text`() {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("ab 日,。[「e\u{301}\t\n👍🏽")
        for _ in 0..<300 {
            let text = String((0..<60).map { _ in letters.randomElement(using: &generator) ?? "a" })
            for columns in [2, 5, 17] {
                let lines = lines(text, columns)
                #expect(lines.allSatisfy { DisplayWidth.of($0) <= columns }, "\(text.debugDescription)")
                let kept = lines.joined().filter { $0 != " " }
                #expect(kept == text.filter { !" \t\n".contains($0) })
            }
        }
    }

    @Test func `wrapping puts marks and the indentation on each line`() {
        let cells = [("a ", false), ("bc de", true), (" f", false)].flatMap { text, isMarked in
            text.map { TextWrap.Cell(character: $0, isMarked: isMarked) }
        }
        let wrap = TextWrap(columns: 6, indent: "> ") { "<\($0)>" }
        #expect(wrap.lines(cells) == ["> a <bc>", "> <de> f"])
    }

    @Test func `a written command line is split as shells do it`() {
        #expect(CommandWords.split(#"log  --limit 10"#) == ["log", "--limit", "10"])
        #expect(
            CommandWords.split(#"a 'b c' "d \"e" f\ g '' h'i'"#) == ["a", "b c", "d \"e", "f g", "", "hi"])
        #expect(CommandWords.split("  ") == [])
        #expect(CommandWords.split("$HOME *") == ["$HOME", "*"])
        for open in ["'a", "\"a", "a\\"] { #expect(CommandWords.split(open) == nil) }
    }

    @Test func `a screen is full when the prompt would scroll a line out of it`() {
        var fill = ScreenFill(columns: 10, rows: 4)
        fill.add("one\ntwo\nthree\n")
        #expect(!fill.isOver)
        fill.add("x")
        #expect(fill.isOver)
        var wide = ScreenFill(columns: 10, rows: 4)
        wide.add("\u{1B}[1;31m0123456789\u{1B}[0m\n日本語です\n0123456789\n")
        #expect(!wide.isOver)
        var folded = ScreenFill(columns: 10, rows: 4)
        folded.add("0123456789012345678901234567890")
        #expect(folded.isOver)
    }
}
