import QuipuFormats
import Testing

/// What stands where an address or a DOI is due.
@Suite struct SourceAddressTests {
    private static let none = [
        "javascript:alert(1)", "JavaScript:alert(1)", "vbscript:x", "data:text/html,<b>x</b>", "see PDF",
        "n/a",
        "doi:pending", "C:\\papers\\a.pdf", "http://", "blob:https://example.org/1",
    ]

    @Test(arguments: none)
    func `an address that is none stays under the source's own name and becomes no field`(text: String) throws
    {
        let json = text.replacing("\\", with: "\\\\")
        let sources: [(String, SourceFormat?, String)] = [
            (#"{"title":"T","url":"\#(json)"}"#, nil, "x-url"),
            ("title,url\nT,\"\(text)\"\nU,https://example.org/u\n", .csv, "x-url"),
            ("---\ntitle: T\nurl: \"\(json)\"\n---\n\nBody.\n", .markdown, "x-url"),
            ("TY  - JOUR\nTI  - T\nUR  - \(text)\nER  - \n", .ris, "x-UR"),
            ("@article{k,\n title = {T},\n url = {\(text)}\n}\n", .bibtex, "x-url"),
            (#"[{"id":"1","type":"article","title":"T","URL":"\#(json)"}]"#, .csl, "x-URL"),
        ]
        for (source, format, name) in sources {
            let item = try #require(try Reading(source, as: format).items.first)
            #expect(item["url"] == nil && item.text("title") == "T", "\(item.texts)")
            #expect(item.kept.contains { "x-" + $0 == name } && item[name] != nil, "\(item.texts)")
        }
    }

    @Test(arguments: ["pending", "doi:pending", "n/a", "see PDF", "10.1000"])
    func `a DOI that is none stays under the source's own name and becomes no field`(text: String) throws {
        let sources: [(String, SourceFormat?, String)] = [
            (#"{"title":"T","doi":"\#(text)"}"#, nil, "x-doi"),
            ("TY  - JOUR\nTI  - T\nDO  - \(text)\nER  - \n", .ris, "x-DO"),
            ("@article{k,\n title = {T},\n doi = {\(text)}\n}\n", .bibtex, "x-doi"),
            (#"[{"id":"1","type":"article","title":"T","DOI":"\#(text)"}]"#, .csl, "x-DOI"),
        ]
        for (source, format, name) in sources {
            let item = try #require(try Reading(source, as: format).items.first)
            #expect(item["doi"] == nil && item.text(name) == text, "\(item.texts)")
        }
    }

    @Test(arguments: [
        "10.1000/ABC.1", "https://doi.org/10.1000/abc.1", "http://dx.doi.org/10.1000/ABC.1",
        "DOI: 10.1000/abc.1",
        "doi:10.1000/abc.1.", "DOI 10.1000/Abc.1", "10.1000/abc.1.", "https://doi.org/10.1000%2Fabc.1",
    ])
    func `each spelling of a DOI becomes its one canonical form`(text: String) throws {
        let sources: [(String, SourceFormat?)] = [
            (#"{"title":"T","doi":"\#(text)"}"#, nil), ("TY  - JOUR\nTI  - T\nDO  - \(text)\nER  - \n", .ris),
            ("@article{k,\n title = {T},\n doi = {\(text.replacing("%", with: "\\%"))}\n}\n", .bibtex),
            (#"[{"id":"1","type":"article","title":"T","DOI":"\#(text)"}]"#, .csl),
            ("title,doi\nT,\(text)\nU,10.1000/u\n", .csv),
        ]
        for (source, format) in sources {
            #expect(try Reading(source, as: format).items.first?.text("doi") == "10.1000/abc.1", "\(source)")
        }
    }

    @Test func `addresses that are no pages but can be followed are fields, and www. is completed`() throws {
        for address in [
            "ftp://example.org/a", "urn:nbn:de:1234", "https://example.org/a b", "mailto:a@example.org",
        ] {
            #expect(try Reading(#"{"title":"T","url":"\#(address)"}"#).items.first?.text("url") == address)
        }
        let item = try Reading(#"{"title":"T","url":"www.example.org/page"}"#).items.first
        #expect(item?.text("url") == "https://www.example.org/page")
        #expect(item?.text("x-url") == "www.example.org/page")
    }
}
