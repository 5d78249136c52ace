import QuipuFormats
import Testing

/// Pages that end too early.
@Suite struct CutPageTests {
    private static let page = """
        <!DOCTYPE html><html><head><title>The river rose</title><script>var a = "<p>";</script></head>
        <body><div class="page"><article><h1>The river rose</h1>
        <p>On Monday the river rose by two metres, and the mill stood in the water for three days, said the mayor.</p>
        <p>The acequia above the village held. It had been mended in the spring, when forty neighbours came.</p>
        <p>Nobody was hurt, and the <a href="https://example.org/mill">mill</a> turns again.</p>
        </article></div><script>var done = 1;</script></body></html>
        """

    private func reading(upTo mark: String) throws -> Reading {
        let end = try #require(Self.page.firstRange(of: mark)?.upperBound)
        return try Reading(String(Self.page[..<end]), as: .html)
    }

    @Test(arguments: [
        ("https://example.org/mi", "it seems cut: it ends inside a tag"),
        ("forty", "it seems cut: it ends before </article>"),
        ("turns again.</p>", "it seems cut: it ends before </article>"),
        ("</article></div>", "it seems cut: it ends before </body> and </html>"),
        ("var done", "it seems cut: it ends inside <script>"),
    ])
    func `a page that ends too early says so, and what could be read of it comes in`(
        mark: String, words: String
    ) throws {
        let reading = try reading(upTo: mark)
        #expect(reading.items.first?.text("body")?.contains("On Monday the river rose") == true)
        #expect(reading.rejections.map(\.reason) == [words + "; what could be read came in"])
    }

    @Test(arguments: [
        page,
        // HTML lets these be left out, as SingleFile does.
        "<!DOCTYPE html><title>T</title><p>One paragraph of a page.<p>And another one.",
        "<html><body><p>One paragraph of a page.<ul><li>A<li>B</ul>",
        // Forgotten by its author.
        "<html><body><div><p>One paragraph of a page.</p></body></html>",
        "<html><body><p>One paragraph.</p></body></html><!-- served in 3 ms",
        "<article><h1>A piece</h1><p>Text of a piece of a page.</p></article>",
    ])
    func `a page without end tags that nobody needs is whole`(page: String) throws {
        let reading = try Reading(page, as: .html)
        #expect(reading.items.count == 1 && reading.rejections.isEmpty, "\(reading.rejections)")
    }
}
