/// Reads server-sent events (HTML standard, section 9.2.6) as their bytes come in, in whatever pieces.
///
/// Lines end with LF, CR LF or CR; a blank line ends an event; what begins with a colon is a comment. What is longer
/// than the bounds is no event and is skipped to its end: one malformed event does not cost those after it.
public struct EventStreamParser {
    public struct Event: Sendable, Equatable {
        /// Of this event or the last one that had one; empty until there was one.
        public var id: String
        /// "message" unless the server says otherwise.
        public var kind: String
        /// Lines joined by line feeds.
        public var data: String

        public init(id: String, kind: String, data: String) {
            (self.id, self.kind, self.data) = (id, kind, data)
        }
    }

    /// Of a line, without its end.
    public static let maximumLineBytes = 4 << 10
    /// Of an event's data.
    public static let maximumDataBytes = 64 << 10

    private var line: [UInt8] = []
    private var isLineTooLong = false
    /// The last byte was a CR: an LF right after it belongs to it.
    private var isAfterReturn = false
    /// Of a byte-order mark at the very beginning, which is dropped; nil once that is behind.
    private var markBytes: Int? = 0
    private static let mark: [UInt8] = [0xef, 0xbb, 0xbf]

    private var id = ""
    private var kind = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var isEventTooLong = false

    /// How long the server asks to wait before coming back, in milliseconds.
    public private(set) var retryMilliseconds: Int?

    public init() {}

    /// The events that these bytes complete.
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Event] {
        var events: [Event] = []
        for byte in bytes { take(byte, into: &events) }
        return events
    }

    private mutating func take(_ byte: UInt8, into events: inout [Event]) {
        if let seen = markBytes {
            if byte == Self.mark[seen] {
                markBytes = seen + 1 == Self.mark.count ? nil : seen + 1
                return
            }
            // It was none: what looked like its beginning is part of the line.
            markBytes = nil
            line += Self.mark.prefix(seen)
        }
        switch byte {
        case UInt8(ascii: "\n") where isAfterReturn: isAfterReturn = false
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            isAfterReturn = byte == UInt8(ascii: "\r")
            if let event = endLine() { events.append(event) }
        default:
            isAfterReturn = false
            if line.count < Self.maximumLineBytes { line.append(byte) } else { isLineTooLong = true }
        }
    }

    private mutating func endLine() -> Event? {
        defer {
            line.removeAll(keepingCapacity: true)
            isLineTooLong = false
        }
        if line.isEmpty { return endEvent() }
        if line[0] == UInt8(ascii: ":") { return nil }
        if isLineTooLong {
            isEventTooLong = true
            return nil
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            guard data.count + value.count < Self.maximumDataBytes else {
                isEventTooLong = true
                break
            }
            if hasData { data.append(UInt8(ascii: "\n")) }
            data += value
            hasData = true
        case "event": kind = String(decoding: value, as: UTF8.self)
        case "id" where !value.contains(0): id = String(decoding: value, as: UTF8.self)
        case "retry" where !value.isEmpty && value.allSatisfy({ 48...57 ~= $0 }):
            retryMilliseconds = Int(String(decoding: value, as: UTF8.self)) ?? retryMilliseconds
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> Event? {
        defer { (kind, data, hasData, isEventTooLong) = ("", [], false, false) }
        guard hasData, !isEventTooLong else { return nil }
        return Event(
            id: id, kind: kind.isEmpty ? "message" : kind, data: String(decoding: data, as: UTF8.self))
    }
}
