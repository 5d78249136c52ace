import Testing

@testable import Support

struct MessageFramingTests {
    private static let messages = [
        "POST /v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345",
        "GET / HTTP/1.1\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nCONTENT-LENGTH: 3 \r\n\r\n\r\n\r",
    ]

    /// The heads, the bodies, and after how many bytes messages ended.
    private static func read(_ text: String, portionBytes: Int) -> (
        heads: String, bodies: String, ends: [Int]
    ) {
        var framing = MessageFraming()
        let bytes = Array(text.utf8)
        var (heads, bodies, ends, position) = ("", "", [Int](), 0)
        while position < bytes.count {
            let portionEnd = min(bytes.count, (position / portionBytes + 1) * portionBytes)
            let (count, part, endsMessage) = framing.next(bytes[position..<portionEnd])
            let piece = String(decoding: bytes[position..<position + count], as: UTF8.self)
            if part == .head { heads += piece } else { bodies += piece }
            position += count
            if endsMessage { ends.append(position) }
        }
        return (heads, bodies, ends)
    }

    @Test(arguments: [1, 2, 7, 1_000])
    func `messages are separated correctly for any size of the received portions`(portionBytes: Int) {
        let (heads, bodies, ends) = Self.read(Self.messages.joined(), portionBytes: portionBytes)
        #expect(bodies == "12345" + "\r\n\r")
        #expect(heads.utf8.count == Self.messages.joined().utf8.count - 8)
        var expected: [Int] = []
        for message in Self.messages { expected.append((expected.last ?? 0) + message.utf8.count) }
        #expect(ends == expected)
    }

    @Test
    func `a body of unknown length lasts to the end of the connection`() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let (heads, bodies, ends) = Self.read(head + "5\r\n12345\r\n0\r\n\r\n", portionBytes: 10)
        #expect(heads == head && bodies == "5\r\n12345\r\n0\r\n\r\n" && ends.isEmpty)
    }
}
