import QuipuCanonicalJSON
import QuipuFormats
import Testing

enum TableSamples {
    static let all = [
        "title,url,tags\r\n\"One, \"\"with\"\" comma\",https://example.org/1,a;b\r\n\"over\r\nlines\",https://example.org/2,\r\n",
        "sep=;\ntitle;date;author\nA;2020-01-02;Ana Ruiz\nB;;\n",
        "id\theadline\tbody\n1\tA headline\tThe text, with commas and \"marks\".\n2\tSecond\t\n",
        "title|link|published\nFirst|https://a.example/1|Mon, 06 May 2024 07:08:09 GMT\nSecond|https://a.example/2|\n",
        ",title,publication,author,date\n0,A title,The Paper,Ana,2020-01-01\n1,B,The Paper,Ben,2020-01-02\n",
        "name,age,city\nAna,31,Quito\nBen,40,Graz\n",
    ]
}

@Suite struct TableTests {
    private func read(_ text: String, _ fields: [String: String] = [:], as format: SourceFormat? = .csv)
        throws -> Reading
    {
        try read(Array(text.utf8), fields, as: format)
    }

    private func read(
        _ bytes: [UInt8], _ fields: [String: String] = [:], as format: SourceFormat? = .csv
    ) throws -> Reading {
        var options = SourceOptions.none
        options.fieldsByName = fields
        return try Reading(openSource(ByteSource(bytes: bytes, name: "table"), as: format, options))
    }

    @Test(arguments: TableSamples.all)
    func `tables are recognised by their content`(text: String) throws {
        #expect(try Reading(text).items.count == 2)
        #expect(try Reading(text).rejections.isEmpty)
    }

    @Test func `quoted cells hold separators, line breaks and quotation marks`() throws {
        let reading = try read(TableSamples.all[0], as: nil)
        #expect(reading.items.map { $0.texts["title"] } == [#""One, \"with\" comma""#, #""over\nlines""#])
        #expect(reading.items[0].tags == ["a", "b"])
        #expect(reading.items.map(\.place.line) == [2, 3])
        // A mark in the middle is one of the text.
        let loose = try read("title,url\n5\" disk,https://a.example\n\"a\" b,https://b.example\n")
        #expect(loose.items.map { $0.texts["title"] } == [#""5\" disk""#, #""a b""#])
    }

    @Test(arguments: [(";", ";"), ("\t", "\\t"), ("|", "|"), (",", ",")])
    func `each separator of table cells is detected`(separator: String, name: String) throws {
        let text =
            ["title", "date", "author"].joined(separator: separator) + "\n"
            + ["A", "2020", "Ana"].joined(separator: separator) + "\n"
        let reading = try read(text)
        #expect(reading.items.first?.texts["title"] == #""A""#)
        #expect(reading.items.first?.texts["date"] == #""2020""#)
    }

    @Test func `a column mapping overrides a column that already has the field's name`() throws {
        let text = "published,date,title\n2020-01-02,2024-05-06,A\n"
        let reading = try read(text, ["Published": "date"])
        #expect(reading.items.first?.texts["date"] == #""2020-01-02""#)
        #expect(reading.items.first?.texts["x-date"] == #""2024-05-06""#)
        #expect(try read(text, ["published": "x-day"]).items.first?.texts["x-day"] == #""2020-01-02""#)
    }

    @Test func `a column mapping to an invalid field or of a missing column is refused by name`() throws {
        let text = "published,title\n2020-01-02,A\n"
        let field = #expect(throws: InterchangeError.self) { try read(text, ["published": "when"]) }
        #expect(field?.code == .unknownField)
        #expect(field?.message.contains("published=when") == true && field?.hint.contains("date") == true)
        let column = #expect(throws: InterchangeError.self) { try read(text, ["printed": "date"]) }
        #expect(column?.code == .unknownColumn)
        #expect(column?.message.contains("printed") == true && column?.hint.contains("published") == true)
    }

    @Test func `columns that no field knows are kept under their names`() throws {
        let reading = try read("Title,Archive Box,Year\nA,17,1911\n")
        #expect(
            reading.items.first?.texts == ["title": #""A""#, "date": #""1911""#, "x-Archive Box": #""17""#])
    }

    @Test func `a table without a header has numbered columns, which can be mapped`() throws {
        let text = "https://a.example/1,First,2020\nhttps://a.example/2,Second,2021\n"
        let reading = try read(text, ["column-1": "url", "column-2": "title"])
        #expect(reading.items.map { $0.texts["title"] } == [#""First""#, #""Second""#])
        #expect(reading.items.map { $0.texts["x-column-3"] } == [#""2020""#, #""2021""#])
        #expect(reading.remarks.first?.contains("holds no names") == true)
    }

    @Test func `table rows of a wrong length are imported, and reported up to a limit`() throws {
        let rows = (0..<30).map { "T\($0),https://a.example/\($0),x,more" }.joined(separator: "\n")
        let reading = try read("title,url,note\n" + rows + "\nlast\n")
        #expect(reading.items.count == 31)
        #expect(reading.items[0].texts["x-column-4"] == #""more""#)
        #expect(reading.items[30].texts == ["title": #""last""#])
        #expect(reading.remarks.count == 11)
        #expect(reading.remarks.last == "21 more rows have another number of cells than the header")
    }

    @Test func `tables in other encodings are converted, and a remark says so`() throws {
        var utf16: [UInt8] = [0xFF, 0xFE]
        for unit in "title,url\nÑandú,https://a.example\n".utf16 {
            utf16 += [UInt8(unit & 0xFF), UInt8(unit >> 8)]
        }
        let wide = try read(utf16, as: nil)
        #expect(wide.items.first?.texts["title"] == #""Ñandú""#)
        #expect(wide.remarks == ["it is UTF-16 and was converted to UTF-8"])
        let latin =
            Array("title,url\nA,https://a.example\n".utf8) + [0x93, 0xD1, 0xE9, 0x94, 0x2C, 0x78, 0x0A]
        let old = try read(latin)
        #expect(old.items.map { $0.texts["title"] } == [#""A""#, #""“Ñé”""#])
        #expect(old.remarks == ["it is not UTF-8 and was read as Windows-1252 from this row on"])
    }

    @Test func `an unclosed quotation mark or a NUL rejects only its own row`() throws {
        let reading = try read("title,url\n\nA,https://a.example\n,\nB\u{0},x\n\"C,https://c.example\nD,x\n")
        #expect(reading.items.map { $0.texts["title"] } == [#""A""#, #""\"C""#, #""D""#])
        #expect(reading.rejections.map(\.reason) == ["it holds a NUL byte, so it is no text"])
        #expect(reading.rejections.map(\.place.line) == [5])
        #expect(reading.remarkLines == [6, 1])
        // The last row, which was cut.
        let cut = try read("title,url\nA,https://a.example\nB,\"https://b.exam")
        #expect(cut.items.count == 1)
        #expect(cut.rejections.map(\.reason) == ["a quotation mark opens a cell that is never closed"])
    }

    @Test func `a long table is read row by row`() throws {
        // Nothing of what was read is held: the reader's own state is asked for.
        var bytes = Array("title,url\n".utf8)
        for number in 0..<20_000 { bytes += "T\(number),https://a.example/\(number)\n".utf8 }
        var reader = try openSource(ByteSource(bytes: bytes, name: "table"), as: .csv)
        var count = 0
        while let event = try reader.next() {
            guard case .item(let item) = event else { continue }
            if count % 5_000 == 0 { #expect(item.place.line == count + 2) }
            count += 1
        }
        #expect(count == 20_000)
    }

    @Test func `a row that is too long is rejected, and the next is read`() throws {
        var bytes = Array("title,url\n".utf8)
        bytes += [UInt8](repeating: 0x61, count: SourceLimits.maximumLineBytes + 10)
        bytes += "\nB,https://b.example\n".utf8
        let reading = try read(bytes)
        #expect(reading.items.map { $0.texts["title"] } == [#""B""#])
        #expect(reading.rejections.first?.reason.contains("the row has more than") == true)
    }

    private func record(_ fields: [(String, String)]) -> ExportRecord {
        ExportRecord(
            id: "01234567-89ab-4def-8123-456789abcdef", kind: "article",
            fields: fields.map { ($0.0, Array($0.1.utf8)) })
    }

    @Test(arguments: [false, true])
    func `a table that Quipu wrote is read again`(forSpreadsheets: Bool) throws {
        let titles = [
            "=1+1", "@SUM(A1)", "+x", "-y", "'quoted'", "''", "'=", "\tx", "plain", " a, \"b\"\r\nc ",
        ]
        var bytes: [UInt8] = []
        var writer = CSVWriter(forSpreadsheets: forSpreadsheets) { bytes += $0 }
        for title in titles {
            try writer.write(
                record([
                    ("title", JSONValue.string(title).canonicalText), ("url", #""https://a.example/1""#),
                    ("author", #"["Ana Ruiz","Ben"]"#), ("tags/a b", "true"), ("tags/gone", "null"),
                    ("x-other", "5"), ("derived/title", "true"), ("date", #""2020-01""#),
                ]))
        }
        try writer.finish()
        #expect(writer.lost == ["x-other": titles.count])
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]) == forSpreadsheets)
        let reading = try read(bytes, as: nil)
        #expect(reading.rejections.isEmpty && reading.remarks.isEmpty)
        #expect(reading.items.map { $0.texts["title"] } == titles.map { JSONValue.string($0).canonicalText })
        let item = try #require(reading.items.first)
        #expect(item.texts["author"] == #"["Ana Ruiz","Ben"]"#)
        #expect(item.tags == ["a b"])
        #expect(item.texts["date"] == #""2020-01""#)
        if forSpreadsheets {
            let lines = String(decoding: bytes, as: UTF8.self)
            #expect(lines.contains("'=1+1") && lines.contains("'@SUM") && lines.contains("''quoted'"))
        }
    }

    @Test func `annotations in Quipu's own table are joined to their article, even if they come before it`()
        throws
    {
        func id(_ digit: Int) -> String { "01234567-89ab-4def-8123-45678900000\(digit)" }
        let records: [(Int, String, [(String, String)])] = [
            (
                1, "annotation",
                [
                    ("author", #""Ana""#), ("quote", #"{"exact":"rose","prefix":"","suffix":""}"#),
                    ("tags/t", "true"), ("target", "\"\(id(3))\""), ("text", #""when?""#),
                ]
            ),
            (2, "note", [("target", "\"\(id(3))\""), ("text", #""Ask Ben.""#), ("title", #""To do""#)]),
            (
                3, "article",
                [
                    ("body", #""The river rose.""#), ("collections/\(id(4))", "true"), ("tags/a, b", "true"),
                    ("tags/c", "true"), ("title", #""On wells""#),
                ]
            ),
            (4, "collection", [("title", #""Water""#)]), (5, "attachment", [("target", "\"\(id(3))\"")]),
        ]
        var bytes: [UInt8] = []
        var writer = CSVWriter(
            nameOfCollection: { $0 == id(4) ? "Water" : nil }, sink: { bytes += $0 })
        for (digit, kind, fields) in records {
            try writer.write(
                ExportRecord(id: id(digit), kind: kind, fields: fields.map { ($0.0, Array($0.1.utf8)) }))
        }
        try writer.finish()
        let reading = try read(bytes, as: nil)
        #expect(reading.rejections.isEmpty)
        #expect(reading.items.map(\.kind) == ["article", "annotation", "note"])
        let article = reading.items[0]
        #expect(article.tags == ["a, b", "c"] && article.relations.collections == [["Water"]])
        #expect(article.foreignID == id(3) && article["x-kind"] == nil && article["x-collections"] == nil)
        for part in reading.items.dropFirst() { #expect(part.relations.parent == article.relations.key) }
        #expect(reading.items[1].relations.passage?.exact == "rose" && reading.items[1].tags == ["t"])
        #expect(
            reading.items[1].texts["text"] == #""when?""# && reading.items[1].texts["author"] == #""Ana""#)
        #expect(reading.items[2].texts["title"] == #""To do""#)
        #expect(
            reading.remarks == [
                "1 row of kind attachment, which a table does not hold whole",
                "1 row of kind collection, which a table does not hold whole",
            ])
    }

    @Test func `an apostrophe that Quipu did not write is kept`() throws {
        #expect(try read("title,url\n'=x,https://a.example\n").items.first?.texts["title"] == #""'=x""#)
    }

    @Test(arguments: [#"{"title":"A"}"#, "plain text", "TY  - NEWS\nTI  - A\nER  - \n"])
    func `a column mapping is refused for a file that is not a table`(text: String) {
        var options = SourceOptions.none
        options.fieldsByName = ["published": "date"]
        let source = ByteSource(bytes: Array(text.utf8), name: "memory")
        let error = #expect(throws: InterchangeError.self) { _ = try openSource(source, as: nil, options) }
        #expect(error?.code == .wrongFormat)
    }

    @Test func `a table without a known column is refused once, with its columns`() throws {
        let rows = (1...1_000).map { "\($0);b;c" }.joined(separator: "\n")
        let error = #expect(throws: InterchangeError.self) { try Reading("Titel;Quatsch;Mehr\n" + rows) }
        #expect(error?.code == .unknownColumn)
        #expect(
            error?.message
                == "none of its columns is known as a title, a text or an address: Titel, Quatsch, Mehr")
        #expect(error?.hint == "Say which one is: --map 'Titel=title'.")
    }

    @Test func `empty table rows, as Excel writes them, are counted and not reported as errors`() throws {
        let reading = try Reading("title;text;tags\nA;Words;x\n;;\nB;More;y\n;;\n;;\n")
        #expect(reading.items.count == 2 && reading.rejections.isEmpty)
        #expect(reading.remarks == ["3 rows are empty"])
    }
}
