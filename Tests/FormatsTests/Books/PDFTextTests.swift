import Testing

@testable import QuipuFormats

@Suite struct PDFTextTests {
    private let place = SourcePlace(file: "paper.pdf", line: 1, byteOffset: 0)

    private func item(_ text: String, info: String = "") throws -> SourceItem {
        try PDFText.item(text: text, metadata: PDFText.metadata(ofInfo: info), place: place)
    }

    @Test func `lines of a PDF become paragraphs, without page headers and footers`() throws {
        let words = ["mill", "bridge", "church", "field"]
        let pages = (1...4).map { page in
            "Quispe, Floods    \(page)\n\nThe river took the \(words[page - 1]), and the inhab-\nitants left their houses.\n\n"
                + "A second para-\ngraph follows it to the \(words[page - 1]).\n\n\(page)\n"
        }
        let body = try item(pages.joined(separator: "\u{0C}")).text("body")
        #expect(
            body
                == words.map {
                    "The river took the \($0), and the inhabitants left their houses.\n\n"
                        + "A second paragraph follows it to the \($0)."
                }.joined(separator: "\n\n"))
    }

    @Test func `a sentence of a PDF continues over the page break`() throws {
        let body = try item("It rained for\n\n\u{0C}three days. Then it\nstopped.\n").text("body")
        #expect(body == "It rained for three days. Then it stopped.")
    }

    @Test func `PDF metadata becomes fields, except titles that programs made up`() throws {
        let info = """
            Title:          Shared Water in the Andes
            Author:         Ana Quispe and Ben Ruiz
            Keywords:       water, law
            Subject:        A study
            CreationDate:   2020-03-01T10:00:00Z
            Pages:          12
            Encrypted:      no
            """
        let paper = try item(
            "Shared Water\n\nhttps://doi.org/10.1000/182\n\nText. See doi:10.1000/182.", info: info)
        #expect(paper.text("title") == "Shared Water in the Andes")
        #expect(paper.text("author") == "[\"Ana Quispe\",\"Ben Ruiz\"]")
        #expect(paper.text("date") == "2020-03-01T10:00:00Z")
        #expect(paper.text("abstract") == "A study")
        #expect(paper.tags == ["water", "law"])
        #expect(paper.text("doi") == "10.1000/182")
        let typed = try item("The first sentence. The second.", info: "Title: Microsoft Word - report.doc\n")
        #expect(typed.text("title") == "The first sentence.")
        #expect(typed.text("x-title") == "Microsoft Word - report.doc")
    }

    @Test func `a PDF with two DOIs on its first page gets no DOI`() throws {
        #expect(try item("doi:10.1000/1 and doi:10.1000/2. Text.").text("doi") == nil)
    }

    @Test func `a PDF without text is refused with what to do`() {
        let event = PDFText.event(text: "\u{0C}\u{0C} \n", metadata: [], place: place)
        guard case .rejected(_, let reason) = event else { return #expect(Bool(false)) }
        #expect(reason.contains("text recognition"))
    }
}
