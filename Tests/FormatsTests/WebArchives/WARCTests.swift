import QuipuFormats
import Testing

@Suite struct WARCTests {
    private func urls(_ bytes: [UInt8]) throws -> [String] {
        try Reading(bytes).items.compactMap { $0.text("url") }
    }

    private let page = Array(WARCSample.page.utf8)

    @Test func `each page of a crawl becomes an article, and a line says what the other records are`() throws
    {
        let reading = try Reading(WARCSample.crawl)
        #expect(reading.items.count == 1)
        let item = try #require(reading.items.first)
        #expect(item.text("url") == "https://example.org/1")
        #expect(item.text("title")?.contains("The river rose") == true)
        #expect(item.text("body")?.contains("The acequia above the village held.") == true)
        #expect(
            reading.remarks == [
                "of its 8 records those that are pages became articles; 1 is no page, 1 is an error of its server, "
                    + "1 leads to another address, 1 repeats an earlier capture"
            ])
        #expect(reading.rejections.isEmpty)
    }

    @Test func `a compressed file is read record by record, as a whole, and in version 1.1`() throws {
        let records = [
            WARCSample.info, WARCSample.response("https://example.org/a"),
            WARCSample.response("https://example.org/b"),
        ]
        #expect(
            try urls(records.flatMap(PackedBytes.gzip)) == ["https://example.org/a", "https://example.org/b"])
        #expect(
            try urls(PackedBytes.gzip(records.flatMap(\.self))) == [
                "https://example.org/a", "https://example.org/b",
            ])
        let resource = WARCSample.record(
            "resource", "https://example.org/c", page, mediaType: "text/html", version: "1.1")
        #expect(try urls(resource) == ["https://example.org/c"])
    }

    @Test(arguments: [
        ["Transfer-Encoding: chunked"], ["Content-Encoding: gzip"], ["Content-Encoding: deflate"],
        ["Transfer-Encoding: chunked", "Content-Encoding: gzip"],
    ])
    func `a WARC body is unpacked only if it is still compressed`(headers: [String])
        throws
    {
        var body = page
        if headers.contains("Content-Encoding: gzip") { body = PackedBytes.gzip(body) }
        if headers.contains("Content-Encoding: deflate") { body = PackedBytes.zlib(body) }
        if headers.contains("Transfer-Encoding: chunked") { body = WARCSample.chunked(body) }
        for body in [body, page] {
            let reading = try Reading(WARCSample.response("https://example.org/1", body, headers: headers))
            #expect(reading.items.first?.text("body")?.contains("forty neighbours came with spades") == true)
            #expect(reading.rejections.isEmpty && reading.remarks.isEmpty)
        }
    }

    @Test
    func `deflate without a wrapper is read too, and Brotli and zstd that are damaged are refused by name`()
        throws
    {
        let raw = WARCSample.response(
            "https://example.org/1", PackedBytes.deflate(page), headers: ["Content-Encoding: deflate"])
        #expect(try urls(raw) == ["https://example.org/1"])
        for coding in ["br", "zstd"] {
            let body: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD] + (0..<200).map { UInt8($0) }
            let reading = try Reading(
                WARCSample.response("https://example.org/1", body, headers: ["Content-Encoding: \(coding)"]))
            #expect(reading.items.isEmpty)
            #expect(reading.rejections.first?.reason.contains(coding == "br" ? "r" : "zstd") == true)
            let plain = WARCSample.response(
                "https://example.org/2", page, headers: ["Content-Encoding: \(coding)"])
            #expect(try urls(plain) == ["https://example.org/2"])
        }
    }

    @Test(arguments: [-500, -3, 3, 40, 2_000, 5_000_000_000])
    func `a wrong record length in a WARC file does not lose the records after it`(error: Int) throws {
        let block = WARCSample.reply(page).count
        let bytes =
            WARCSample.response("https://example.org/1", length: block + error)
            + WARCSample.response("https://example.org/2")
            + WARCSample.response("https://example.org/3")
        let reading = try Reading(bytes)
        let urls = reading.items.compactMap { $0.text("url") }
        if error < 32 << 20 {
            #expect(urls == ["https://example.org/1", "https://example.org/2", "https://example.org/3"])
            // The line ends behind the block may belong to it.
            #expect(error == 3 || reading.remarks.contains { $0.contains("its length is wrong") })
            #expect(reading.rejections.isEmpty, "\(reading.rejections)")
        } else {
            // It is too long to be held, whatever stands behind it.
            #expect(urls == ["https://example.org/2", "https://example.org/3"])
            #expect(reading.rejections.contains { $0.reason.contains("longer than") })
        }
    }

    /// Where it is read once for each, 4 MB take minutes.
    @Test(.timeLimit(.minutes(10)))
    func `a file of small records that all claim to be long is not read once for each of them`() throws {
        let small = WARCSample.record("metadata", nil, [], length: 16_000_000)
        let records = Array(repeating: small, count: 30_000).flatMap(\.self)
        let reading = try Reading(records + WARCSample.response("https://example.org/1"))
        #expect(reading.items.compactMap { $0.text("url") } == ["https://example.org/1"])
        #expect(reading.rejections.isEmpty, "\(reading.rejections)")
    }

    @Test func `the last record is read as far as it goes, and the report says that it is cut`() throws {
        let whole = WARCSample.info + WARCSample.response("https://example.org/1")
        let reading = try Reading(Array(whole.dropLast(200)))
        #expect(reading.items.first?.text("body")?.contains("On Monday the river rose") == true)
        #expect(
            reading.rejections.count == 1 && reading.rejections.allSatisfy { $0.reason.contains("it is cut") }
        )
    }

    @Test func `bytes between records are passed over, and malformed headers are read as far as they go`()
        throws
    {
        let odd = Array("HTTP/1.1 200\nContent-Type text/html\n folded\nX:\n\n".utf8) + page
        let bytes =
            WARCSample.response("https://example.org/1") + Array("garbage\nmore\r\n".utf8)
            + WARCSample.record("response", "<https://example.org/2>", odd, mediaType: "application/http")
        let reading = try Reading(bytes)
        #expect(
            reading.items.compactMap { $0.text("url") } == ["https://example.org/1", "https://example.org/2"])
        let longest =
            WARCSample.response("https://example.org/1") + [UInt8](repeating: 0x20, count: 3_000_000)
        #expect(
            try urls(longest + Array("\n".utf8) + WARCSample.response("https://example.org/2")).count == 2)
        #expect(reading.items.count == 2)
    }

    @Test func `text without its markup, as WET files hold it, is an article`() throws {
        let text = "Floods in the valley\nOn Monday the river rose.\nNobody was hurt."
        let reading = try Reading(
            WARCSample.record(
                "conversion", "https://example.org/wet", Array(text.utf8), mediaType: "text/plain"))
        #expect(reading.items.first?.text("title") == "Floods in the valley")
        #expect(reading.items.first?.text("body") == text)
        #expect(reading.items.first?.text("x-captured") == "2024-05-06T07:08:09Z")
    }

    @Test func `an ARC file is read like a WARC file`() throws {
        let block = WARCSample.reply(page)
        let version = "1 0 Crawler\nURL IP-address Archive-date Content-type Archive-length\n"
        var bytes = Array(
            "filedesc://crawl.arc 127.0.0.1 20140216050221 text/plain \(version.utf8.count)\n\(version)\n"
                .utf8)
        bytes +=
            Array("http://example.org/a page 192.0.2.1 20140216050221 text/html \(block.count)\n".utf8)
            + block
        bytes +=
            Array("\nhttp://example.org/b 192.0.2.1 20140216050221 text/html \(block.count)\n".utf8) + block
        #expect(try urls(bytes) == ["http://example.org/a%20page", "http://example.org/b"])
        #expect(try urls(PackedBytes.gzip(bytes)).count == 2)
    }

    @Test func `a compression bomb in a WARC body loses only that page`() throws {
        let bomb = PackedBytes.gzip([UInt8](repeating: 0x20, count: 20 << 20))
        let bytes =
            WARCSample.response("https://example.org/bomb", bomb, headers: ["Content-Encoding: gzip"])
            + WARCSample.response("https://example.org/2")
        #expect(try urls(bytes) == ["https://example.org/2"])
    }

    @Test func `a cut WARC file gives no additional pages, and reading a damaged one terminates`() throws {
        let chunked = WARCSample.response(
            "https://example.org/z", WARCSample.chunked(page), headers: ["Transfer-Encoding: chunked"])
        for bytes in [
            WARCSample.crawl, PackedBytes.gzip(WARCSample.info) + PackedBytes.gzip(chunked),
            chunked + WARCSample.crawl,
        ] {
            try Damage.cut(bytes, as: .warc)
            Damage.change(bytes, as: .warc)
        }
    }

    @Test func `a WARC file under another name, or without pages, is not taken for something else`() throws {
        let reading = try Reading(WARCSample.info)
        #expect(reading.items.isEmpty && reading.rejections.isEmpty)
        let none = try Reading(Array("nothing of the sort\n".utf8), as: .warc)
        #expect(none.rejections.contains { $0.reason == "it holds no record of a web archive" })
    }

    @Test func `a WARC record that is damaged or too big is named and loses only itself`() throws {
        let good = ["https://example.org/1", "https://example.org/3"]
        let first = PackedBytes.gzip(WARCSample.response(good[0]))
        let last = PackedBytes.gzip(WARCSample.response(good[1]))
        let huge = WARCSample.response("https://example.org/2", [UInt8](repeating: 0x20, count: 40 << 20))
        var damaged = PackedBytes.gzip(WARCSample.response("https://example.org/2"))
        for index in damaged.count / 2..<damaged.count / 2 + 8 { damaged[index] ^= 0xFF }
        for second in [PackedBytes.gzip(huge), damaged] {
            let reading = try Reading(first + second + last)
            let found = reading.items.compactMap { $0.text("url") }.filter { $0 != "https://example.org/2" }
            #expect(found == good)
            #expect(!reading.rejections.isEmpty)
        }
        let plain = try Reading(WARCSample.response(good[0]) + huge + WARCSample.response(good[1]))
        #expect(plain.items.compactMap { $0.text("url") } == good)
        #expect(plain.rejections.count == 1 && plain.rejections[0].place.byteOffset > 0)
    }
}
