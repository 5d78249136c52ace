import Foundation
import QuipuCanonicalJSON
import Testing

@testable import QuipuFormats

@Suite struct LosslessRoundTripTests {
    private func lines(_ records: [ExportRecord]) throws -> [UInt8] {
        var out: [UInt8] = []
        var pieces: [[UInt8]] = []
        let box = Box()
        var writer = JSONLinesWriter { box.pieces.append($0) }
        for record in records { try writer.write(record) }
        pieces = box.pieces
        for piece in pieces { out += piece }
        return out
    }

    private func files(_ records: [ExportRecord]) throws -> [(path: String, bytes: [UInt8])] {
        let box = Box()
        var writer = MarkdownWriter { box.files.append(($0, $1)) }
        for record in records { try writer.write(record) }
        return box.files
    }

    private final class Box {
        var pieces: [[UInt8]] = []
        var files: [(path: String, bytes: [UInt8])] = []
    }

    private func expectSame(_ item: SourceItem, _ record: ExportRecord) {
        #expect(item.id == record.id)
        #expect(item.kind == record.kind)
        let sorted = record.fields.sorted { precedesInUTF16($0.name, $1.name) }
        #expect(item.fields.map { Array($0.name.utf8) } == sorted.map { Array($0.name.utf8) })
        #expect(item.fields.map(\.value) == sorted.map(\.value))
        #expect(item.tags.isEmpty)
    }

    private func nested(_ depth: Int) -> [UInt8] {
        Array((String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)).utf8)
    }

    @Test func `a value nested to the limit survives both formats, and one level more is rejected`()
        throws
    {
        let record = ExportRecord(
            id: "01a2291e-c48e-70c3-accc-5f5ddc5532be", kind: "article",
            fields: [("title", Array("\"T\"".utf8)), ("x-d", nested(JSONParser.maximumDepth))])
        let line = try lines([record])
        let items = try Reading(line, as: .jsonl).items
        #expect(items.count == 1)
        for item in items { expectSame(item, record) }
        let file = try #require(try files([record]).first)
        let read = try Reading(file.bytes, as: .markdown, name: file.path).items
        #expect(read.count == 1)
        for item in read { expectSame(item, record) }

        let deeper = String(decoding: line, as: UTF8.self).replacingOccurrences(of: "[1]", with: "[[1]]")
        let reading = try Reading(deeper, as: .jsonl)
        #expect(reading.items.isEmpty)
        let reason = try #require(reading.rejections.first?.reason)
        #expect(reason.contains("nested deeper than 64"), "\(reason)")
    }

    @Test func `hostile records survive a round trip through JSON Lines`() throws {
        var random = RandomValues(seed: 7)
        var records: [ExportRecord] = []
        for _ in 0..<600 { records.append(random.record()) }
        let reading = try Reading(try lines(records))
        #expect(reading.rejections.isEmpty)
        #expect(reading.items.count == records.count)
        for (item, record) in zip(reading.items, records) { expectSame(item, record) }
    }

    @Test func `every exported line is canonical, and an equivalent line reads the same`() throws {
        var random = RandomValues(seed: 8)
        for _ in 0..<200 {
            let record = random.record()
            let line = try lines([record])
            #expect(isCanonicalJSON(Array(line.dropLast())))
            let loose = [0x20] + Array(line.dropLast()) + [0x20]
            let item = try #require(try Reading(loose, as: .jsonl).items.first)
            expectSame(item, record)
        }
    }

    @Test func `hostile records survive a round trip through Markdown`() throws {
        var random = RandomValues(seed: 9)
        for _ in 0..<800 {
            let record = random.record()
            let file = try #require(try files([record]).first)
            let reading = try Reading(file.bytes)
            #expect(
                reading.rejections.isEmpty,
                "\(String(decoding: file.bytes, as: UTF8.self)) \(reading.rejections)")
            let item = try #require(reading.items.first)
            expectSame(item, record)
        }
    }

    @Test func `front matter rewritten by a YAML tool reads the same`() throws {
        var random = RandomValues(seed: 10)
        for _ in 0..<300 {
            let record = random.record()
            let text = String(decoding: try files([record])[0].bytes, as: UTF8.self)
            // Not the layout of the writer any more, and still the same YAML.
            let loose = text.replacing(
                "---\nquipu: 1\n", with: "---\n# rewritten\nquipu: 1\n", maxReplacements: 1)
            let reading = try Reading(loose)
            let item = try #require(reading.items.first, "\(reading.rejections) \(loose)")
            expectSame(item, record)
        }
    }

    @Test(
        arguments: [
            nil, "", "\n", "\n\n", "text", "text\n", "---", "---\n", "---\nquipu: 1\n---\n", "a\r\nb\r", "\r",
            "  lead", "\u{feff}x",
            "\u{0}", "\u{1}", "\u{7f}", "\u{2028}", "...\n", "\t",
        ] as [String?])
    func `a body is read back exactly from Markdown, and a missing body stays missing`(body: String?) throws {
        let fields = body.map { [(name: "body", value: canonicalString($0))] } ?? []
        let record = ExportRecord(id: "01234567-89ab-8def-8123-456789abcdef", kind: "note", fields: fields)
        let file = try #require(try files([record]).first)
        #expect(file.path == "note/01234567-89ab-8def-8123-456789abcdef.md")
        expectSame(try #require(try Reading(file.bytes).items.first), record)
        expectSame(try #require(try Reading(try lines([record])).items.first), record)
    }

    @Test func `a Markdown file is laid out for people`() throws {
        let record = ExportRecord(
            id: "01234567-89ab-8def-8123-456789abcdef", kind: "article",
            fields: [
                ("title", canonicalString("Lenín’s “Strike”: Día 1/2")), ("tags/strike", Array("true".utf8)),
                ("body", canonicalString("# Text\n\nMore.")),
            ])
        let file = try #require(try files([record]).first)
        #expect(file.path == "article/lenin-s-strike-dia-1-2-01234567-89ab-8def-8123-456789abcdef.md")
        #expect(
            String(decoding: file.bytes, as: UTF8.self) == """
                ---
                quipu: 1
                id: "01234567-89ab-8def-8123-456789abcdef"
                kind: "article"
                body: below
                fields:
                  "tags/strike": true
                  "title": "Lenín’s “Strike”: Día 1/2"
                ---
                # Text

                More.

                """)
    }

    @Test func `file names are safe for any record`() throws {
        var random = RandomValues(seed: 11)
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-./")
        for _ in 0..<300 {
            let path = try files([random.record()])[0].path
            #expect(path.allSatisfy(allowed.contains))
            #expect(!path.contains("..") && path.split(separator: "/").count == 2)
            #expect(path.utf8.count <= 180)
        }
    }

    @Test func `text below a record without a body becomes its body`() throws {
        let reading = try Reading(
            "---\nquipu: 1\nid: \"01234567-89ab-8def-8123-456789abcdef\"\nkind: \"note\"\nfields: {}\n---\nadded by hand\n"
        )
        #expect(reading.fields == [["body": #""added by hand""#]])
    }

    @Test func `a record too long for one line continues in the next line`() throws {
        let value = canonicalString(String(repeating: "x", count: SourceLimits.maximumValueBytes - 2))
        let record = ExportRecord(
            id: "01234567-89ab-8def-8123-456789abcdef", kind: "article",
            fields: [("a", value), ("b", value), ("c", [0x31])])
        let reading = try Reading(try lines([record]))
        #expect(reading.rejections.isEmpty)
        #expect(reading.items.map { $0.fields.map(\.name) } == [["a"], ["b", "c"]])
        #expect(reading.items.allSatisfy { $0.id == record.id })
        let error = #expect(throws: InterchangeError.self) { try files([record]) }
        #expect(error?.code == .tooLarge)
    }

    @Test(arguments: [
        ExportRecord(id: "x", kind: "note", fields: []),
        ExportRecord(id: "01234567-89ab-8def-8123-456789abcdef", kind: "", fields: []),
        ExportRecord(
            id: "01234567-89ab-8def-8123-456789abcdef", kind: "n", fields: [("a", [0x31]), ("a", [0x31])]),
        ExportRecord(id: "01234567-89ab-8def-8123-456789abcdef", kind: "n", fields: [("e\u{301}", [0x31])]),
        ExportRecord(
            id: "01234567-89ab-8def-8123-456789abcdef", kind: "n", fields: [("a", Array("01".utf8))]),
    ])
    func `a record that could not be read back from Markdown is not written`(record: ExportRecord) {
        let line = #expect(throws: InterchangeError.self) { try lines([record]) }
        #expect(line?.code == .invalidRecord)
        let file = #expect(throws: InterchangeError.self) { try files([record]) }
        #expect(file?.code == .invalidRecord)
    }

    @Test(arguments: [
        (#"{"fields":{},"id":"x","kind":"a","quipu":1}"#, "its `id` is not a UUID"),
        (#"{"fields":{},"kind":"a","quipu":1}"#, "an exported record needs an `id`, a UUID"),
        (
            #"{"fields":{},"id":"01234567-89ab-8def-8123-456789abcdef","quipu":1}"#,
            "an exported record needs a `kind`"
        ),
        (
            #"{"id":"01234567-89ab-8def-8123-456789abcdef","kind":"a","quipu":1}"#,
            "an exported record needs its `fields`, an object"
        ),
        (
            #"{"fields":{},"id":"01234567-89ab-8def-8123-456789abcdef","kind":"","quipu":1}"#,
            "its `kind` is empty, too long or not NFC"
        ),
        (
            #"{"fields":{"":1},"id":"01234567-89ab-8def-8123-456789abcdef","kind":"a","quipu":1}"#,
            "a field's name is empty or not NFC"
        ),
        (
            #"{"fields":{"e\u0301":1},"id":"01234567-89ab-8def-8123-456789abcdef","kind":"a","quipu":1}"#,
            "a field's name is empty or not NFC"
        ),
        (
            #"{"fields":{},"id":"01234567-89ab-8def-8123-456789abcdef","kind":"a","more":1,"quipu":1}"#,
            "an exported record has no member `more`"
        ),
        (
            #"{"fields":{},"id":"x","kind":"a","quipu":2}"#,
            "it was written by a later version of quipu; this one reads version 1"
        ),
    ])
    func `a damaged export line is rejected`(line: String, reason: String) throws {
        #expect(try Reading(line).rejections.map(\.reason) == [reason])
    }

    @Test func `a member named quipu that is not a number is an ordinary member`() throws {
        let reading = try Reading(#"{"title":"Knots","quipu":"Inca"}"#)
        #expect(reading.fields == [["title": #""Knots""#, "x-quipu": #""Inca""#]])
    }
}
