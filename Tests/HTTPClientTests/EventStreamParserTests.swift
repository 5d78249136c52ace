import QuipuHTTPClient
import Testing

@Suite struct `A stream of events is parsed` {
    private typealias Event = EventStreamParser.Event

    /// Fed whole, in two pieces at each place, and byte by byte: the same events come out.
    private func events(_ text: String) -> [Event] {
        let bytes = Array(text.utf8)
        var parser = EventStreamParser()
        let whole = parser.feed(bytes)
        var single = EventStreamParser()
        #expect(bytes.flatMap { single.feed([$0]) } == whole)
        for cut in bytes.indices {
            var halves = EventStreamParser()
            #expect(halves.feed(bytes[..<cut]) + halves.feed(bytes[cut...]) == whole, "cut at \(cut)")
        }
        return whole
    }

    @Test func `an event ends at each blank line`() {
        #expect(
            events("id: 1\ndata: one\n\nid: 2\nevent: change\ndata: two\ndata: lines\n\ndata: unfinished\n")
                == [
                    Event(id: "1", kind: "message", data: "one"),
                    Event(id: "2", kind: "change", data: "two\nlines"),
                ])
    }

    @Test func `lines of an event stream end in any of three ways`() {
        let expected = [
            Event(id: "", kind: "message", data: "a\nb"), Event(id: "", kind: "message", data: "c"),
        ]
        for end in ["\n", "\r\n", "\r"] {
            // A single CR may be the half of a CR LF: what follows tells.
            let text = ["data: a", "data: b", "", "data: c", "", ":"].joined(separator: end)
            #expect(events(text) == expected)
        }
    }

    @Test func `an event id lasts until the next one, and an event without data is dropped`() {
        #expect(
            events("id: 7\n\ndata: x\n\nid: bad\u{0}\ndata: y\n\nid\ndata: z\n\n") == [
                Event(id: "7", kind: "message", data: "x"), Event(id: "7", kind: "message", data: "y"),
                Event(id: "", kind: "message", data: "z"),
            ])
    }

    @Test func `comments, unknown fields, values without a space and a byte-order mark are accepted`() {
        let text = "\u{feff}: hello\ndata:x\n:\nfoo: bar\ndata\ndata:  two spaces\n\n"
        #expect(events(text) == [Event(id: "", kind: "message", data: "x\n\n two spaces")])
        // Half a mark is no mark.
        var parser = EventStreamParser()
        #expect(parser.feed([0xef, 0xbb] + Array("data: x\n\ndata: y\n\n".utf8)).map(\.data) == ["y"])
    }

    @Test func `the retry field sets the reconnection time`() {
        var parser = EventStreamParser()
        #expect(
            parser.feed(Array("retry: 1500\nretry: x\nretry: -1\nretry: 99999999999999999999\n".utf8)).isEmpty
        )
        #expect(parser.retryMilliseconds == 1500)
    }

    @Test func `an event that is too long is dropped, and no other`() {
        let long = String(repeating: "x", count: EventStreamParser.maximumLineBytes)
        var parser = EventStreamParser()
        let line = "data: one\ndata: \(long)\n\ndata: two\n\n"
        #expect(parser.feed(Array(line.utf8)).map(\.data) == ["two"])
        let most = EventStreamParser.maximumDataBytes
        let lines = String(repeating: "data: \(long.dropLast(6))\n", count: 2 + most / long.utf8.count)
        #expect(parser.feed(Array((lines + "\ndata: three\n\n").utf8)).map(\.data) == ["three"])
    }
}
