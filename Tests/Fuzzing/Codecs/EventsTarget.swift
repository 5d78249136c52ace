import QuipuHTTPClient
import QuipuReplication

extension FuzzTarget {
    /// The same events come out whatever pieces the bytes come in, and none is larger than its bounds.
    static let events = FuzzTarget(
        name: "events", subject: "server-sent events, and the mark in their ids", maximumInputBytes: 4_096
    ) { bytes in
        // The first byte says how large the pieces are.
        let size = 1 + Int(bytes.first ?? 0) % 16
        let stream = bytes.dropFirst()
        var whole = EventStreamParser()
        let events = whole.feed(stream)
        var pieces = EventStreamParser()
        var found: [EventStreamParser.Event] = []
        var rest = stream[...]
        while !rest.isEmpty {
            found += pieces.feed(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        try expect(found == events, "in pieces of \(size) bytes the events are others")
        try expect(pieces.retryMilliseconds == whole.retryMilliseconds, "the time to come back is another")
        for event in events {
            try expect(
                event.data.utf8.count <= 3 * EventStreamParser.maximumDataBytes, "an event is too large")
            if let mark = ArchiveMark(text: event.id) {
                try expect(mark.text == event.id, "a mark is written otherwise than it was read")
            }
        }
    }
}
