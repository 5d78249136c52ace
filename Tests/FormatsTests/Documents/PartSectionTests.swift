import QuipuCanonicalJSON
import QuipuFormats
import Testing

/// Annotations and notes in the Markdown file of their article.
@Suite struct PartSectionTests {
    private func json(_ text: String) -> [UInt8] { JSONValue.string(text).canonicalBytes() }
    private func id(_ number: Int) -> String {
        "018f6b6e-7a51-7cc2-9d2c-" + String(repeating: "0", count: 12 - String(number).count) + String(number)
    }

    private func article(_ body: String?) -> ExportRecord {
        ExportRecord(
            id: id(1), kind: "article",
            fields: [("title", json("High water"))] + (body.map { [("body", json($0))] } ?? []))
    }

    private func annotation(_ number: Int, quote: String = "river", text: String?) -> ExportDocument.Part {
        let quote = (["exact": .string(quote), "prefix": "The -->", "suffix": " rose."] as JSONValue)
            .canonicalBytes()
        let fields: [(name: String, value: [UInt8])] = [
            ("target", json(id(1))), ("quote", quote), ("position", Array(#"{"end":9,"start":4}"#.utf8)),
            ("tags/flood", Array("true".utf8)), ("x-color", json("<b>yellow</b>")),
        ]
        return .init(
            record: ExportRecord(
                id: id(number), kind: "annotation", fields: fields + (text.map { [("text", json($0))] } ?? [])
            ),
            author: "Ana\nRuiz", day: "2026-03-05", passage: 4..<9)
    }

    private func file(_ record: ExportRecord, _ parts: [ExportDocument.Part]) throws -> String {
        var files: [String] = []
        var writer = MarkdownWriter { files.append(String(decoding: $1, as: UTF8.self)) }
        try writer.write(ExportDocument(record: record, parts: parts))
        writer.finish()
        #expect(files.count == 1)
        return files.first ?? ""
    }

    private func texts(_ record: ExportRecord) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: record.fields.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) })
    }

    @Test(arguments: [
        "The river rose.", "", "\n\nThe river rose.\n\n", "The river\r\nrose.\r\n", nil,
        "Text\n\n<!-- quipu:1 annotations -->\n\n## Annotations\n\n<!-- quipu:1 {\"id\":1} -->\n<!-- quipu:3 remark -->\n",
        "<!-- quipu:1 annotations -->", "control \u{1}",
    ])
    func `an article with annotations is read as it was written`(body: String?) throws {
        let parts = [
            annotation(2, text: "Which one?"),
            annotation(3, quote: "two\n\nlines\r\n> of it", text: "\n\nBlank lines\n\n\n"),
            annotation(4, text: nil), annotation(5, text: ""), annotation(6, text: "control \u{7}"),
            annotation(7, text: "<!-- quipu:2 {\"fields\":{}} -->\n<!-- quipu:2 remark -->\n> and -->"),
            annotation(8, text: "ends in a return\r"), annotation(9, text: "the last\n"),
        ]
        let reading = try Reading(file(article(body), parts))
        #expect(reading.rejections.isEmpty && reading.remarks.isEmpty, "\(reading)")
        #expect(reading.items.map(\.id) == [article(body).id] + parts.map(\.record.id))
        #expect(reading.fields == [texts(article(body))] + parts.map { texts($0.record) })
    }

    @Test func `an annotation in Markdown shows its passage, author, day, tags and remark`() throws {
        let text = try file(article("The river rose."), [annotation(2, text: "Which one?")])
        #expect(
            text.hasSuffix(
                "> river\n\n— Ana Ruiz, 2026-03-05 · #flood\n\n<!-- quipu:1 remark -->\nWhich one?\n"),
            "\(text)")
        #expect(
            text.contains(
                "The river rose.\n\n<!-- quipu:1 annotations -->\n\n## Annotations\n\n<!-- quipu:1 {"))
        #expect(text.contains("The --\\u003e"))
    }

    @Test func `a remark that somebody changed or wrote in the file is read`() throws {
        let parts = [annotation(2, text: "Which one?"), annotation(3, text: nil)]
        let text =
            try file(article("The river rose."), parts)
            .replacing("Which one?", with: "The Daule.\n\nIt rose in March.") + "New.\n"
        let reading = try Reading(text)
        #expect(
            reading.items.map { $0["text"] } == [
                nil, json("The Daule.\n\nIt rose in March."), json("\nNew."),
            ])
        #expect(reading.rejections.isEmpty && reading.remarks.isEmpty)
    }

    @Test func `a passage or tag that somebody changed in the file is named and not read`() throws {
        let parts = [annotation(2, text: "Which one?")]
        let text = try file(article("The river rose."), parts)
        for (old, new) in [("> river", "> water"), ("#flood", "#drought"), ("> river\n", "")] {
            let reading = try Reading(text.replacing(old, with: new))
            #expect(reading.fields.last == texts(parts[0].record))
            #expect(reading.remarks.count == 1 && reading.remarks.first?.contains("remark only") == true)
            #expect(reading.remarkLines == [16], "\(reading.remarkLines)")
        }
    }

    @Test func `a damaged comment loses its annotation only, and a missing section is named`() throws {
        let parts = [annotation(2, text: "One."), annotation(3, text: "Two.")]
        let text = try file(article("The river rose."), parts)
        let damaged = try Reading(text.replacing("\"id\":\"\(id(2))\"", with: "\"id\":"))
        #expect(damaged.items.map(\.id) == [id(1), id(3)])
        #expect(damaged.rejections.count == 1)
        let cut = try Reading(text.replacing("<!-- quipu:1 annotations -->", with: ""))
        #expect(cut.items.count == 1 && cut.remarks.first?.contains("missing") == true)
    }

    @Test func `a Markdown file with carriage returns reads the same, and a cut one invents no annotation`()
        throws
    {
        let parts = [annotation(2, text: "One."), annotation(3, text: "Two.")]
        let text = try file(article("The river rose."), parts)
        let windows = try Reading(text.replacing("\n", with: "\r\n"))
        // Of the body, all line ends are text.
        #expect(windows.fields.dropFirst().elementsEqual(parts.map { texts($0.record) }))
        #expect(windows.rejections.isEmpty && windows.remarks.isEmpty)
        let ids: Set<String?> = [id(1), id(2), id(3)]
        for count in stride(from: 0, to: text.utf8.count, by: 5) {
            guard let reading = try? Reading(Array(text.utf8.prefix(count)), as: .markdown) else { continue }
            let known = reading.items.filter { $0.id != nil }
            #expect(known.allSatisfy { ids.contains($0.id) }, "\(count)")
        }
    }

    @Test func `an annotation section that the front matter does not announce stays in the body`() throws {
        let text = try file(article("Text.\n\n<!-- quipu:1 annotations -->\n"), [])
        #expect(!text.contains("annotations: "))
        #expect(try Reading(text).fields == [texts(article("Text.\n\n<!-- quipu:1 annotations -->\n"))])
    }
}
