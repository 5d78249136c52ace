import Testing

@testable import QuipuFormats

@Suite struct TextMarkupTests {
    private func marks(_ passages: (String, Int)..., in text: String) -> [TextMarkup.Mark] {
        passages.map { passage, number in
            let scalars = Array(text.unicodeScalars)
            let wanted = Array(passage.unicodeScalars)
            let start =
                (0...scalars.count - wanted.count).first { Array(scalars[$0..<$0 + wanted.count]) == wanted }
                ?? 0
            return TextMarkup.Mark(range: start..<start + wanted.count, number: number)
        }
    }

    @Test func `headings, quotes, lists and paragraphs become elements`() {
        let text = "# One\n\nTwo\nlines\n\n> said\n> twice\n\n- a\n- b\n\n- c\n\nend"
        #expect(
            TextMarkup(text).html
                == "<h2>One</h2>\n<p>Two<br/>\nlines</p>\n<blockquote><p>said<br/>\ntwice</p></blockquote>\n"
                + "<ul>\n<li>a</li>\n<li>b</li>\n<li>c</li>\n</ul>\n<p>end</p>\n")
    }

    @Test func `markup characters in a text are escaped`() {
        #expect(
            TextMarkup("<script>alert('1')</script> & \u{1}\u{FFFE}").html
                == "<p>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; </p>\n")
    }

    @Test func `annotated passages are marked where they stand, also where they overlap or cross paragraphs`()
    {
        let text = "The river rose 🌊 on Tuesday.\n\n> It fell."
        let html = TextMarkup(
            text, marks: marks(("river rose 🌊", 1), ("rose 🌊 on", 2), ("Tuesday.\n\n> It", 3), in: text)
        ).html
        #expect(
            html
                == "<p>The <mark>river </mark><mark>rose 🌊</mark><sup><a href=\"#note-1\">1</a></sup><mark> on</mark>"
                + "<sup><a href=\"#note-2\">2</a></sup> <mark>Tuesday.</mark></p>\n"
                + "<blockquote><p><mark>It</mark><sup><a href=\"#note-3\">3</a></sup> fell.</p></blockquote>\n"
        )
    }

    @Test func `marking passages leaves the words of the text unchanged`() {
        var random = SystemRandomNumberGenerator()
        let letters = Array("ab \n>-#<&é🌊".unicodeScalars)
        for _ in 0..<500 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                text.append(letters.randomElement(using: &random) ?? "a")
            }
            let count = text.count
            let marks = (0..<4).map { number in
                let start = Int.random(in: 0...count, using: &random)
                return TextMarkup.Mark(
                    range: start..<Int.random(in: start...count, using: &random), number: number)
            }
            let plain = TextMarkup(String(text)).html
            var marked = TextMarkup(String(text), marks: marks).html
            for number in 0..<4 {
                marked = marked.split(
                    separator: "<sup><a href=\"#note-\(number)\">\(number)</a></sup>",
                    omittingEmptySubsequences: false
                ).joined()
            }
            for tag in ["<mark>", "</mark>"] {
                marked = marked.split(separator: tag, omittingEmptySubsequences: false).joined()
            }
            #expect(marked == plain, "\(String(text).debugDescription) \(marks)")
        }
    }

    @Test(
        arguments: [
            (
                "See [the page](https://e.example/a?b=1&c=2).",
                "See <a href=\"https://e.example/a?b=1&amp;c=2\">the page</a>."
            ),
            ("[a (b)](https://e.example/x_(y) \"title\")", "<a href=\"https://e.example/x_(y)\">a (b)</a>"),
            ("![A picture](https://e.example/p.png)", "<a href=\"https://e.example/p.png\">A picture</a>"),
            ("<mailto:ana@e.example>", "<a href=\"mailto:ana@e.example\">mailto:ana@e.example</a>"),
            ("[run](javascript:alert(1))", "[run](javascript:alert(1))"),
            ("[run](JavaScript:x) [f](file:///etc/passwd)", "[run](JavaScript:x) [f](file:///etc/passwd)"),
            ("[x](https://e.example/\"onclick=1)", "<a href=\"https://e.example/&quot;onclick=1\">x</a>"),
            (
                "**strong** and *soft* and _soft_",
                "<strong>strong</strong> and <em>soft</em> and <em>soft</em>"
            ),
            ("[**b** c](https://e.example/)", "<a href=\"https://e.example/\"><strong>b</strong> c</a>"),
            ("`a < *b*`", "<code>a &lt; *b*</code>"),
            ("2 * 3 * 4, snake_case_name, a** b, **", "2 * 3 * 4, snake_case_name, a** b, **"),
            ("\\[no\\](https://e.example/) 1\\. C:\\dir", "[no](https://e.example/) 1. C:\\dir"),
            ("[not closed](https://e.example/", "[not closed](https://e.example/"),
        ] as [(String, String)])
    func `only web links, emphasis and code become inline elements`(
        text: String, html: String
    ) {
        #expect(TextMarkup(text).html == "<p>\(html)</p>\n")
    }

    @Test func `a passage that begins inside a link is marked inside it, and its number follows the link`() {
        let text = "See [the page](https://e.example/) now."
        let html = TextMarkup(text, marks: marks(("page", 1), ("page](https://e.example/) now", 2), in: text))
            .html
        #expect(
            html
                == "<p>See <a href=\"https://e.example/\">the <mark>page</mark></a>"
                + "<sup><a href=\"#note-1\">1</a></sup><mark> now</mark><sup><a href=\"#note-2\">2</a></sup>.</p>\n"
        )
    }

    @Test func `a long text of brackets and stars ends soon`() {
        for piece in ["[", "*a ", "**a", "`", "<", "_a ", "![", "\\"] {
            #expect(!TextMarkup(String(repeating: piece, count: 3_000)).html.isEmpty)
        }
    }
}
