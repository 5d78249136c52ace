import QuipuReplication
import QuipuWire

extension FuzzTarget {
    /// What a message says does not depend on how its bytes come in.
    static let message = FuzzTarget(
        name: "message", subject: "messages: zstd, CBOR sequence, portions", maximumInputBytes: 4_096
    ) { bytes in
        var choices = Choices(bytes)
        let isCompressed = choices.flag()
        let portionBytes = 1 + choices.number(below: 64)
        let content = choices.rest()
        // Few random bytes are zstd; most inputs are what stands inside.
        let message = isCompressed ? content : ZstdFrame.stored(content)
        let whole = try? read(message, portionBytes: max(1, message.count))
        let parts = try? read(message, portionBytes: portionBytes)
        try expect(whole == parts, "a message read whole and in portions of \(portionBytes) differs")

        var incoming = try IncomingMessage()
        var isTaken = true
        do { try message.withUnsafeBytes { try incoming.feed($0) } } catch { isTaken = false }
        try expect(isTaken || whole == nil, "a message that can be read was not taken in")
    }

    private static func read(_ message: [UInt8], portionBytes: Int) throws -> [MessageReader.Event] {
        var reader = try MessageReader()
        var events: [MessageReader.Event] = []
        for start in stride(from: 0, to: message.count, by: portionBytes) {
            let portion = Array(message[start..<min(start + portionBytes, message.count)])
            try portion.withUnsafeBytes { try reader.feed($0) }
            while let event = try reader.next() { events.append(event) }
        }
        try reader.finish()
        return events
    }
}

/// A zstd frame (RFC 8878, section 3.1.1) whose blocks are stored as they are: what is inside can be anything.
enum ZstdFrame {
    private static let blockBytes = 64 << 10

    static func stored(_ content: [UInt8]) -> [UInt8] {
        // Magic number; no content size, no checksum; a window of 128 KiB.
        var out: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]
        var start = 0
        repeat {
            let block = content[start..<min(start + blockBytes, content.count)]
            start = block.endIndex
            // Last or not, type 0 (raw), size.
            let head = (start == content.count ? 1 : 0) | block.count << 3
            out += [UInt8(head & 0xff), UInt8(head >> 8 & 0xff), UInt8(head >> 16)]
            out += block
        } while start < content.count
        return out
    }
}
