import Testing

@testable import QuipuFormats

@Suite struct ReadingTextTests {
    private func text(_ html: String, base: String? = "https://example.org/news/a.html") -> String {
        ReadingText.fromHTML(html, base: base)
    }

    @Test(
        arguments: [
            ("<p>One\n  two</p><p>Three <b>four</b>.</p>", "One two\n\nThree four."),
            ("<h1>A <em>b</em></h1><div>c<h3>d</h3>e</div>", "# A b\n\nc\n\n### d\n\ne"),
            ("<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n>\n> b\n\nc"),
            ("<ul><li>a</li><li><p>b</p></li></ul><p>c</p>", "- a\n- b\n\nc"),
            ("x<ol start=3><li>a<ul><li>b<li>c</ul><li>d</ol>", "x\n\n3. a\n   - b\n   - c\n4. d"),
            ("<ol><li><p>a</p><p>b</p></li><li>c</li></ol>", "1. a\n\n   b\n2. c"),
            ("<ul><li><blockquote>q</blockquote></li></ul>", "- > q"),
            ("<ul><li></li><li> </li></ul>x", "x"),
            ("a<br>b<br><br>c<hr>d", "a\nb\n\nc\n\n---\n\nd"),
            ("<p>a</p>\n\n<p>&nbsp;</p><p></p><p>b</p>", "a\n\n\u{A0}\n\nb"),
            ("sep&shy;arate <wbr>x<wbr>y", "separate xy"),
            ("<q>a</q> b<sup>2</sup>", "“a” b2"),
            (
                "<script>x</script><style>y</style><noscript>z</noscript><p hidden>h</p><p style='DISPLAY: none'>i</p>a",
                "a"
            ),
            ("<form>a <input value=b><select><option>c</select><button>d</button></form>", "a"),
            ("<img alt='A river' src=r.png><img alt='r.png' src=r.png>", "A river"),
            ("<figure><img src=a alt=''><figcaption>By <b>Ana</b></figcaption></figure>t", "By Ana\n\nt"),
            (
                "<table><tr><th>Year</th><th>Rain</th></tr><tr><td>2020</td><td>9 <b>mm</b></td></tr></table>",
                "Year | Rain\n2020 | 9 mm"
            ),
            ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a\n\nb\n\nc"),
            ("<ruby>漢<rt>かん</rt></ruby><ruby>字<rp>(</rp><rt>じ</rt><rp>)</rp></ruby>", "漢(かん)字じ"),
            ("<pre>a\n  b &lt;\n\n# c</pre>", "a\n  b <\n\n\\# c"),
            ("<pre><code>a\n  b\n# c\n</code></pre>", "```\na\n  b\n# c\n```"),
            ("<dl><dt>a</dt><dd>b</dd></dl>", "a\n\nb"),
            ("<h2><div>a</div><div>b<br>c</div></h2>", "## a b c"),
        ])
    func `each element of HTML has its form in the reading text`(html: String, expected: String) {
        #expect(text(html) == expected)
    }

    @Test(
        arguments: [
            ("<a href='b.html'>b</a>", "[b](https://example.org/news/b.html)"),
            ("<a href='/b?c=1&d=2#e'>b</a>", "[b](https://example.org/b?c=1&d=2#e)"),
            ("<a href='//x.org/'>b</a>", "[b](https://x.org/)"),
            ("<a href='../../c/./d'>b</a>", "[b](https://example.org/c/d)"),
            ("<a href='?p=2'>b</a>", "[b](https://example.org/news/a.html?p=2)"),
            (
                "a <a href='https://x.org/a_(b) c'> b [1]</a> c",
                "a [b \\[1\\]](https://x.org/a_%28b%29%20c) c"
            ),
            ("<a href='https://x.org/'>https://x.org/</a>", "https://x.org/"),
            (
                "<a href='#top'>up</a> <a href='javascript:x()'>y</a> <a name=z>z</a> <a href='data:text/html,x'>d</a>",
                "up y z d"
            ),
            ("<a href='file:///etc/passwd'>p</a>", "p"),
            (
                "<a href=b><h2>Head</h2><p>One</p></a>",
                "## [Head](https://example.org/news/b)\n\n[One](https://example.org/news/b)"
            ),
            ("<a href=b><img alt='Map' src=m></a>", "[Map](https://example.org/news/b)"),
            ("<a href=b></a>x", "x"),
        ])
    func `links are absolute and lead nowhere but to what a reader can open`(html: String, expected: String) {
        #expect(text(html) == expected)
    }

    @Test func `relative links without a base address become text`() {
        #expect(
            text("<a href='b.html'>b</a> <a href='https://x.org/'>c</a>", base: nil)
                == "b [c](https://x.org/)")
    }

    @Test(
        arguments: [
            ("<p># no heading</p>", "\\# no heading"), ("<p>#tag</p>", "#tag"),
            ("<p>1. no list</p>", "1\\. no list"), ("<p>1.5 metres</p>", "1.5 metres"),
            ("<p>- he said</p>", "\\- he said"), ("<p>-5 degrees</p>", "-5 degrees"),
            ("<p>&gt; quoted</p>", "\\> quoted"), ("<p>* * *</p>", "\\* * *"), ("<p>---</p>", "\\---"),
            ("<p>see [a](b)</p>", "see [a\\](b)"), ("<p>[1] a</p>", "[1] a"), ("<p>```</p>", "\\```"),
            ("<p>a \\ b \\# c</p>", "a \\ b \\\\# c"),
        ])
    func `text that looks like Markdown is escaped where it would be read as such`(
        html: String, expected: String
    ) {
        #expect(text(html) == expected)
    }

    @Test func `the reading text of HTML has a bounded size`() {
        let quotes = String(repeating: "<blockquote>", count: 5_000) + "x"
        #expect(text(quotes).utf8.count < 200)
        let links = String(repeating: "<a href=a>b</a> ", count: 10_000)
        let base = "https://example.org/" + String(repeating: "p", count: 1_900) + "/"
        #expect(text(links, base: base).utf8.count <= ReadingText.maximumBytes)
    }
}
