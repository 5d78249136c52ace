import Foundation

/// WARC files in the manner of those that crawlers write.
enum WARCSample {
    static let page = """
        <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>The river rose – The Valley Paper</title></head>
        <body><article><h1>The river rose</h1><p>On Monday the river rose by two metres, and the mill stood in the water for three
        days. Nobody was hurt, said the mayor, who had been up all night.</p><p>The acequia above the village held. It had been
        mended in the spring, when forty neighbours came with spades, and the older ones showed the younger how it is done.
        </p></article></body></html>
        """

    static func record(
        _ type: String, _ address: String?, _ block: [UInt8], mediaType: String? = nil, fields: [String] = [],
        version: String = "1.0", length: Int? = nil
    ) -> [UInt8] {
        var lines = ["WARC/\(version)", "WARC-Type: \(type)", "WARC-Date: 2024-05-06T07:08:09Z"]
        lines.append("WARC-Record-ID: <urn:uuid:0a183026-e148-401a-838d-1d59036ba6b7>")
        if let address { lines.append("WARC-Target-URI: \(address)") }
        if let mediaType { lines.append("Content-Type: \(mediaType)") }
        lines += fields
        lines.append("Content-Length: \(length ?? block.count)")
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + block + Array("\r\n\r\n".utf8)
    }

    static func reply(_ body: [UInt8], status: String = "200 OK", headers: [String] = []) -> [UInt8] {
        let lines = ["HTTP/1.1 \(status)", "Content-Type: text/html; charset=utf-8"] + headers
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }

    static func response(
        _ address: String, _ body: [UInt8] = Array(page.utf8), status: String = "200 OK",
        headers: [String] = [],
        length: Int? = nil
    ) -> [UInt8] {
        record(
            "response", address, reply(body, status: status, headers: headers),
            mediaType: "application/http; msgtype=response", length: length)
    }

    static func chunked(_ body: [UInt8], size: Int = 100) -> [UInt8] {
        var out: [UInt8] = []
        for start in stride(from: 0, to: body.count, by: size) {
            let chunk = body[start..<min(body.count, start + size)]
            out += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Array("\r\n".utf8)
        }
        return out + Array("0\r\n\r\n".utf8)
    }

    static let info = record(
        "warcinfo", nil, Array("software: Crawler/1.0\r\nformat: WARC File Format 1.0\r\n".utf8),
        mediaType: "application/warc-fields")

    static let crawl: [UInt8] =
        info
        + record(
            "request", "https://example.org/1", Array("GET /1 HTTP/1.1\r\nHost: example.org\r\n\r\n".utf8),
            mediaType: "application/http; msgtype=request")
        + response("https://example.org/1")
        + response(
            "https://example.org/moved", [], status: "301 Moved Permanently", headers: ["Location: /1"])
        + response("https://example.org/gone", Array("<p>gone".utf8), status: "404 Not Found")
        + record(
            "response", "https://example.org/i.png",
            Array("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\u{89}PNG".utf8),
            mediaType: "application/http; msgtype=response")
        + record(
            "metadata", "https://example.org/1", Array("fetchTimeMs: 12".utf8),
            mediaType: "application/warc-fields")
        + record(
            "revisit", "https://example.org/1", Array("HTTP/1.1 200 OK\r\n\r\n".utf8),
            mediaType: "application/http; msgtype=response",
            fields: ["WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"])
}
