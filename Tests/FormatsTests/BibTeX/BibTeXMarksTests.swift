import QuipuFormats
import Testing

/// What is written with signs that LaTeX reads otherwise, and fields of single programs.
@Suite struct BibTeXMarksTests {
    private func article(_ fields: String) throws -> SourceItem {
        try #require(try Reading("@article{k, title = {T}, \(fields)}", as: .bibtex).items.first)
    }

    @Test func `several addresses in one field are several`() throws {
        let item = try article("url = {http://ex.org/a http://ex.org/b}")
        #expect(item.texts["url"] == #""http://ex.org/a""# && item.texts["x-url"] == #""http://ex.org/b""#)
    }

    @Test func `groups and tags of Mendeley are collections and tags`() throws {
        let item = try article(
            "keywords = {Flood,River}, mendeley-groups = {Thesis/Chapter 1,Floods}, mendeley-tags = {Flood,todo}"
        )
        #expect(item.relations.collections == [["Thesis", "Chapter 1"], ["Floods"]])
        #expect(item.tags == ["Flood", "River", "todo"])
    }

    @Test(arguments: [
        (#":C$\backslash$:/Texts/Berg2001.pdf:pdf"#, "C:/Texts/Berg2001.pdf"),
        (#"Papers/{\"U}n{\'{\i}}.pdf"#, "Papers/Üní.pdf"), (#":Papers/a{\_}b.pdf:PDF"#, "Papers/a_b.pdf"),
        (#"Notes:C\:\\Texts\\notes.txt:Text"#, #"C:\Texts\notes.txt"#),
    ])
    func `paths of files have their letters and drives`(file: String, path: String) throws {
        let reading = try Reading("@article{k, title = {T}, file = {\(file)}}", as: .bibtex)
        #expect(reading.items.dropFirst().map(\.relations.file) == [.path(path)])
    }

    @Test func `marks of doubt in a date are kept`() throws {
        #expect(try article("date = {2001-05~}").texts["x-date"] == #""2001-05~""#)
        let period = try article("date = {2001-05/2002~}")
        #expect(period.texts["date"] == #""2001-05""# && period.texts["x-date"] == #""2001-05/2002~""#)
    }

    @Test func `addresses in an abstract stay whole`() throws {
        let item = try article(
            #"abstract = {See \url{http://x.org/~me/a_b} and \href{http://y.org/~u\%20v}{\emph{here}}, \href{http://z.org}{http://z.org}.}"#
        )
        #expect(
            item.texts["abstract"]
                == #""See http://x.org/~me/a_b and here (http://y.org/~u%20v), http://z.org.""#)
    }

    @Test func `a keyword may hold a character reference`() throws {
        #expect(try article("keywords = {Flood;River;&#x03B2;}").tags == ["Flood", "River", "β"])
    }

    @Test func `a set of entries is no article, and an address is called by no key`() throws {
        let reading = try Reading(
            "@set{s, entryset = {a, b}}\n@misc{key2001, url = {https://ex.org/a}}\n", as: .bibtex)
        #expect(reading.items.count == 1 && reading.items[0].texts["title"] == nil)
        #expect(reading.remarks.count == 1 && reading.remarks[0].contains("@set"))
    }
}
