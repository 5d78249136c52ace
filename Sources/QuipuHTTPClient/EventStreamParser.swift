/// Parses server-sent events (HTML standard, section 9.2.6) from bytes in portions of any size.
///
/// Lines end with LF, CR LF or CR; a blank line ends an event; a line that begins with a colon is a comment. An event
/// beyond the limits is skipped to its end: one malformed event does not affect later ones.
public struct EventStreamParser {
    public struct Event: Sendable, Equatable {
        /// The id of this event, or else of the last event that had one; empty before the first.
        public var id: String
        /// "message" unless the server says otherwise.
        public var kind: String
        /// Lines joined by line feeds.
        public var data: String

        public init(id: String, kind: String, data: String) {
            (self.id, self.kind, self.data) = (id, kind, data)
        }
    }

    /// The most bytes of a line, without its end.
    public static let maximumLineBytes = 4 << 10
    /// The most bytes of an event's data.
    public static let maximumDataBytes = 64 << 10

    private var line: [UInt8] = []
    private var isLineTooLong = false
    /// The last byte was a CR: an LF right after it belongs to it.
    private var isAfterReturn = false
    /// Bytes of the byte-order mark at the beginning of the stream, which is dropped; nil after it.
    private var markBytes: Int? = 0
    private static let mark: [UInt8] = [0xef, 0xbb, 0xbf]

    private var id = ""
    private var kind = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var isEventTooLong = false

    /// The reconnection delay that the server requested, in milliseconds.
    public private(set) var retryMilliseconds: Int?

    public init() {}

    /// Returns the events that these bytes complete.
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
            // It was not a byte-order mark: these bytes belong to the line.
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
