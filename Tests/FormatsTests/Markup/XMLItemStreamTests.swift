import Testing

@testable import QuipuFormats

@Suite struct XMLItemStreamTests {
    private func items(_ bytes: [UInt8], _ names: Set<String> = ["item"]) throws -> (
        texts: [String], remark: String?
    ) {
        let stream = try XMLItemStream(ByteSource(bytes: bytes, name: "memory"), items: names)
        var texts: [String] = []
        while let item = try stream.next() { texts.append(try item.get().text) }
        return (texts, stream.remark)
    }

    @Test func `each item comes with its subtree and what stands outside is kept`() throws {
        let stream = try XMLItemStream(
            ByteSource(
                bytes: Array(
                    "<rss><channel><title>T</title><item><a>1</a></item><item>2</item><link>L</link></channel></rss>"
                        .utf8), name: "m"),
            items: ["item"])
        var texts: [String] = []
        while let item = try stream.next() { texts.append(try item.get().text) }
        #expect(texts == ["1", "2"])
        #expect(stream.outside.root?.first("title")?.text == "T")
        #expect(stream.outside.root?.first("link")?.text == "L")
    }

    @Test func `a hundred thousand items are read wherever the chunks end`() throws {
        var text = "<r>"
        for number in 0..<100_000 { text += "<item k=\"\(number)\">a &amp; \(number)</item>" }
        let read = try items(Array(text.utf8))
        #expect(read.texts.count == 100_000)
        #expect(read.texts.last == "a & 99999")
        #expect(!read.texts.contains { !$0.hasPrefix("a & ") })
    }

    @Test func `a declared encoding is converted and a remark says so`() throws {
        let head = Array("<?xml version=\"1.0\" encoding=\"KOI8-R\"?><r><item>".utf8)
        let read = try items(head + [0xC1, 0xC2, 0xD7] + Array("</item></r>".utf8))
        #expect(read.texts == ["абв"])
        #expect(read.remark == "it is KOI8-R and was converted to UTF-8")
        let wrong = try items(Array("<r><item>é".utf8) + [0xFF] + Array("é</item></r>".utf8))
        #expect(wrong.texts == ["é\u{FFFD}é"])
        #expect(wrong.remark == "1 wrong byte became U+FFFD")
    }

    @Test func `an XML item beyond the limits loses only itself`() throws {
        let deep = String(repeating: "<d>", count: 30_000) + String(repeating: "</d>", count: 30_000)
        let stream = try XMLItemStream(
            ByteSource(
                bytes: Array("<r><item>1</item><item>\(deep)</item><item>3</item></r>".utf8), name: "m"),
            items: ["item"])
        var read: [String] = []
        while let item = try stream.next() {
            switch item {
            case .success(let element): read.append(element.text)
            case .failure(let failure): read.append(failure.reason)
            }
        }
        #expect(read == ["1", "its elements are nested deeper than 20000 levels", "3"])
    }
}
