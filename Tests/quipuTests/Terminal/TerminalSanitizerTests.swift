import Testing

@testable import quipu

@Suite struct `Text is sanitized for the terminal` {
    @Test(arguments: [
        ("\u{1B}[2Jgone", "gone"),
        ("a\u{1B}[1;31mred\u{1B}[0m b", "ared b"),
        ("\u{1B}]0;a new title\u{07}text", "text"),
        ("\u{1B}]8;;https://a.example\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"),
        ("\u{1B}P1$q\u{1B}\\x", "x"),
        ("\u{9B}31mred", "red"),
        ("\u{9D}0;title\u{9C}text", "text"),
        ("\u{1B}(Btext\u{1B}c", "text"),
        ("bell\u{07}, nul\u{0}, delete\u{7F}, back\u{8}", "bell, nul, delete, back"),
        ("user\u{202E}gpj.exe\u{202C}", "usergpj.exe"),
    ])
    func `sanitized text has no terminal sequences`(_ hostile: String, harmless: String) {
        #expect(TerminalSanitizer.line(hostile) == harmless)
        #expect(TerminalSanitizer.paragraphs(hostile) == harmless)
    }

    @Test(arguments: [
        ("\u{1B}", ""), ("\u{1B}[", "["), ("\u{1B}[12", "[12"),
        ("\u{1B}]0;the whole article", "]0;the whole article"),
        ("\u{9D}article", "article"), ("\u{1B}[é", "[é"), ("\u{1B}]x\u{1B}[31my", "]xy"), ("\u{1B}ñ", "ñ"),
    ])
    func `sanitizing keeps the text after an unfinished sequence`(_ hostile: String, harmless: String) {
        #expect(TerminalSanitizer.line(hostile) == harmless)
    }

    @Test func `sanitized text never contains a control character`() {
        let pieces: [Unicode.Scalar] = [
            "\u{1B}", "[", "]", "P", "\\", "\u{07}", "\u{9B}", "\u{9C}", "\u{9D}", "3", ";", "m", "a", "é",
            "\u{301}", "\r", "\n", "\t", " ", "\u{202E}", "\u{2028}", "\u{85}", "織",
        ]
        var state: UInt64 = 3
        for _ in 0..<3_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(pieces[Int((state >> 33) % UInt64(pieces.count))])
            }
            let line = TerminalSanitizer.line(String(text))
            let paragraphs = TerminalSanitizer.paragraphs(String(text))
            #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
            #expect(
                !paragraphs.unicodeScalars.contains {
                    $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
                })
            #expect(!line.hasPrefix(" ") && !line.hasSuffix(" ") && !line.contains("  "))
        }
    }

    @Test func `sanitizing keeps paragraphs or makes one line of them`() {
        let text = "  one\r\ntwo\rthree\u{2028}four\tfive\n\n«six»  "
        #expect(TerminalSanitizer.paragraphs(text) == "  one\ntwo\nthree\nfour\tfive\n\n«six»  ")
        #expect(TerminalSanitizer.line(text) == "one two three four five «six»")
    }

    @Test func `sanitizing bounds combining marks and keeps those of real languages`() {
        let tower = "a" + String(repeating: "\u{301}", count: 500)
        #expect(TerminalSanitizer.line(tower).unicodeScalars.count == 9)
        #expect(TerminalSanitizer.line("Tupaq Ñáñez, Việt, שָׁלוֹם") == "Tupaq Ñáñez, Việt, שָׁלוֹם")
    }
}
