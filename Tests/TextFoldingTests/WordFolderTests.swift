import QuipuTextFolding
import Testing

@Suite struct WordFolderTests {
    private func folded(_ text: String) -> String {
        var folder = WordFolder()
        var out: [UInt8] = []
        folder.append(wordsOf: text, to: &out)
        return String(decoding: out.dropLast(), as: UTF8.self)
    }

    @Test func `words are the same with and without their positions, at any length`() {
        for length in [0, 1, 7, 8, 9, 1_019, 1_023, 1_024, 1_025, 2_048, 2_050] {
            for end in ["", "x", "É", "Éx y", "\u{301} z", "水火 A", "الكتاب a", ". Z"] {
                let text = String(String(repeating: "Ab c,D9 ", count: 300).prefix(length)) + end
                var folder = WordFolder()
                var bytes: [UInt8] = []
                folder.append(wordsOf: text, to: &bytes)
                let told = folder.words(of: text)
                let expected = told.words.flatMap { Array(told[$0]) + [UInt8(ascii: " ")] }
                #expect(bytes == expected, "\(length) and \(end)")
            }
        }
    }

    @Test(arguments: [
        ("The HARBOUR's 40 workers", "the harbour s 40 workers"), ("naïve Café", "naive cafe"),
        ("Straße STRASSE ẞ", "strasse strasse ss"), ("Ilık ILIK İstanbul", "ilik ilik istanbul"),
        ("Đorđe Łódź Øre Þór Ægir Œuvre", "dorde lodz ore thor aegir oeuvre"),
        ("ΣΊΣΥΦΟΣ Σίσυφος ᾠδή", "σισυφοσ σισυφοσ ωδη"), ("Ёлка йод їжак ґанок", "елка иод іжак ганок"),
        ("שָׁלוֹם", "שלום"), ("کتاب كِتَابٌ", "كتاب كتاب"), ("ज़मीन", "जमन"),
        ("the \u{FB01}nal o\u{FB03}ce", "the final office"),
        ("water\u{AD}works zero\u{200B}width", "waterworks zerowidth"),
        ("\u{FF31}\u{FF35}\u{FF29}\u{FF30}\u{FF35} x\u{00B2} ①", "quipu x2 1"), ("e\u{301}t\u{E9}", "ete"),
        ("٣ ۳ ३", "3 3 3"), ("a\u{FE0F}b 👩\u{200D}🚀 c", "ab c"), ("п\u{2BC}ять п'ять", "п ять п ять"),
        ("", ""),
        ("🙂 ¶ —", ""),
    ])
    func `letters are folded in every script`(text: String, words: String) {
        #expect(folded(text) == words)
    }

    @Test(arguments: [
        ("الكتاب", "كتاب"), ("والكتاب", "كتاب"), ("للكتاب", "كتاب"), ("كتـــاب", "كتاب"),
        ("أحمد إلى آخر", "احمد الي اخر"),
        ("ال", "ال"), ("مدرسة", "مدرسه"),
    ])
    func `an Arabic word has one form without article, tatweel and the forms of alef`(
        text: String, words: String
    ) {
        #expect(folded(text) == words)
    }

    @Test(arguments: [
        ("我正在", "我正 正在 在"), ("水", "水"), ("東京都の水", "東京 京都 都の の水 水"), ("한국어 문서를", "한국 국어 어 문서 서를 를"),
        ("iPhone用ケース15", "iphone 用ケ ケー ース ス 15"), ("ชื่อ", "ชอ อ"), ("ｶﾞｽ ガス", "カス ス カス ス"),
        ("ພາສາ ភាសា ဘာသာ", "ພາ າສ ສາ າ ភស ស ဘသ သ"),
    ])
    func `runs in scripts without spaces become overlapping pairs`(text: String, words: String) {
        #expect(folded(text) == words)
    }

    @Test func `each word knows its position, including its marks`() {
        var folder = WordFolder()
        let text = "Ñ\u{AD}a! e\u{301} 东京"
        let found = folder.words(of: text)
        let places = found.words.map { word in
            String(decoding: Array(text.utf8)[word.source], as: UTF8.self)
        }
        #expect(places == ["Ñ\u{AD}a", "e\u{301}", "东京", "京"])
        #expect(found.words.map { String(decoding: found[$0], as: UTF8.self) } == ["na", "e", "东京", "京"])
        #expect(found.words.map(\.part) == [.word, .word, .pair, .runEnd])
    }

    @Test func `folding is idempotent for every code point`() {
        var folder = WordFolder()
        var changed: [String] = []
        for value in UInt32(0)...0x10_FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            var once: [UInt8] = []
            folder.append(wordsOf: String(Character(scalar)), to: &once)
            let text = String(decoding: once, as: UTF8.self)
            // Of several letters pairs would be made again; those are folded one by one here.
            if text.unicodeScalars.count != 2 { continue }
            var twice: [UInt8] = []
            folder.append(wordsOf: text, to: &twice)
            if twice != once { changed.append(String(value, radix: 16)) }
        }
        #expect(changed.isEmpty)
    }
}
