import Testing

@testable import QuipuFormats

@Suite struct DerivedTitleTests {
    @Test(arguments: [
        ("One sentence. Another.", "One sentence."),
        ("No end mark at all", "No end mark at all"),
        ("A package of US$2.2bn was cut. Then more.", "A package of US$2.2bn was cut."),
        (
            "Mr. Smith and Dr. No met J. R. Roe in the U.S. Senate today. Then.",
            "Mr. Smith and Dr. No met J. R. Roe in the U.S. Senate today."
        ),
        ("See No. 5 of the list. End.", "See No. 5 of the list."),
        ("They said no. Then they left.", "They said no."),
        ("“Where?” he asked. Nobody knew.", "“Where?” he asked."),
        ("He said: “No.” Then he left.", "He said: “No.”"),
        ("Really?! Yes.", "Really?!"),
        ("Well... it goes on. Yes.", "Well... it goes on."),
        ("Well… Then.", "Well…"),
        ("¿Qué pasa? Nada.", "¿Qué pasa?"),
        ("政府宣布改革。罢工开始。", "政府宣布改革。"),
        ("सरकार ने घोषणा की। हड़ताल हुई।", "सरकार ने घोषणा की।"),
        ("Am 1. oktober begann es. Dann.", "Am 1. oktober begann es."),
        ("It was 2019. The end.", "It was 2019."),
        ("Version 3.14 of it (see p. 3). Next.", "Version 3.14 of it (see p. 3)."),
        ("Broken\nover   lines. Next.", "Broken over lines."),
        ("...", "..."),
    ])
    func `the first sentence of a text becomes the derived title`(text: String, title: String) {
        #expect(DerivedTitle.firstSentence(text) == title)
    }

    @Test func `a long sentence is cut at a word`() throws {
        let text = String(repeating: "strike ", count: 60)
        let title = try #require(DerivedTitle.firstSentence(text))
        #expect(
            title == String(repeating: "strike ", count: 22) + "strik".prefix(0) + "…"
                || title.hasSuffix("strike…"))
        #expect(title.unicodeScalars.count <= DerivedTitle.maximumCodePoints)
        let exact = String(repeating: "a", count: 159) + "."
        #expect(DerivedTitle.firstSentence(exact + " Next.") == exact)
        #expect(
            DerivedTitle.firstSentence("a" + exact + " Next.") == String(repeating: "a", count: 158) + "…")
    }

    @Test func `a text without words is cut between characters`() throws {
        let text = String(repeating: "👩‍🚀", count: 100)
        let title = try #require(DerivedTitle.firstSentence(text))
        #expect(title.dropLast().allSatisfy { $0 == "👩‍🚀" })
        #expect(title.hasSuffix("…"))
        #expect(title.unicodeScalars.count <= DerivedTitle.maximumCodePoints)
    }

    @Test func `white space gives no title`() {
        #expect(DerivedTitle.firstSentence(" \n\u{3000}") == nil)
        #expect(DerivedTitle.firstSentence("") == nil)
    }
}
