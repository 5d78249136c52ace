import Testing

@testable import QuipuFormats

/// A WACZ file that is gone through again, since the process that read it was stopped at one record.
@Suite struct WACZAgainTests {
    private static let bytes = PackedBytes.zip([
        (
            "pages/pages.jsonl",
            Array("{\"format\":\"json-pages-1.0\"}\n{broken\n".utf8)
                + (1...4).flatMap { Array("{\"url\":\"https://example.org/\($0)\"}\n".utf8) }
        ),
        (
            "archive/1.warc",
            WARCSample.response("https://example.org/1") + WARCSample.response("https://example.org/2")
        ),
        (
            "archive/2.warc.gz",
            PackedBytes.gzip(
                WARCSample.response("https://example.org/3") + WARCSample.response("https://example.org/4"))
        ),
        ("datapackage.json", Array("{}".utf8)),
    ])

    private func reading(from first: Int) throws -> Reading {
        let source = ByteSource(bytes: Self.bytes, name: "memory")
        source.firstRecord = first
        return try Reading(openSource(source, as: .wacz))
    }

    @Test
    func `a new process goes on behind the record at fault, and repeats nothing of what was said before`()
        throws
    {
        let whole = try reading(from: 1)
        #expect(whole.items.compactMap { $0.text("url") } == (1...4).map { "https://example.org/\($0)" })
        #expect(whole.rejections.count == 1)
        for fault in 1...4 {
            let rest = try reading(from: fault + 1)
            let expected = (1...4).filter { $0 > fault }.map { "https://example.org/\($0)" }
            #expect(rest.items.compactMap { $0.text("url") } == expected)
            #expect(rest.rejections.isEmpty, "\(rest.rejections)")
            #expect(rest.remarks.count <= whole.remarks.count)
        }
    }
}
