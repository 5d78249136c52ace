internal import Glibc
internal import QuipuCanonicalJSON

/// The format of the log. An event is one line, whatever its values contain.
package enum LogFormat: String, Sendable, CaseIterable {
    /// For people: time, level, message, `name=value`.
    case text
    /// For programs: one JSON object (RFC 8259), with `time`, `level` and `message` first.
    case json

    func append(
        _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata, milliseconds: Int64,
        to line: inout [UInt8]
    ) {
        switch self {
        case .text:
            line.appendTime(milliseconds)
            line += " \(level.rawValue) ".utf8
            line.appendPlain(message)
            for (name, value) in metadata {
                line += " \(name)=".utf8
                line.append(value) { line, text in line.appendWord(text) }
            }
        case .json:
            line += "{\"time\":\"".utf8
            line.appendTime(milliseconds)
            line += "\",\"level\":\"\(level.rawValue)\",\"message\":".utf8
            appendCanonicalString(message, to: &line)
            for (name, value) in metadata {
                line += ",\"\(name)\":".utf8
                line.append(value) { line, text in appendCanonicalString(text, to: &line) }
            }
            line.append(UInt8(ascii: "}"))
        }
        line.append(UInt8(ascii: "\n"))
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ value: Logger.Value, text: (inout [UInt8], String) -> Void) {
        switch value {
        case .text(let word): text(&self, word)
        case .integer(let number): self += String(number).utf8
        case .nanoseconds(let nanoseconds):
            let microseconds = nanoseconds / 1_000
            self += String(microseconds / 1_000).utf8
            append(UInt8(ascii: "."))
            appendPadded(Int(microseconds % 1_000), width: 3)
        }
    }

    /// RFC 3339, in UTC, with milliseconds.
    fileprivate mutating func appendTime(_ milliseconds: Int64) {
        // No server's clock is before 1970; after the year 9999 the format has no room.
        let bounded = Swift.min(Swift.max(milliseconds, 0), 253_402_300_799_999)
        var seconds = time_t(bounded / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        appendPadded(Int(parts.tm_year) + 1900, width: 4)
        for (mark, number) in [
            ("-", parts.tm_mon + 1), ("-", parts.tm_mday), ("T", parts.tm_hour), (":", parts.tm_min),
            (":", parts.tm_sec),
        ] {
            self += mark.utf8
            appendPadded(Int(number), width: 2)
        }
        append(UInt8(ascii: "."))
        appendPadded(Int(bounded % 1_000), width: 3)
        append(UInt8(ascii: "Z"))
    }

    private mutating func appendPadded(_ number: Int, width: Int) {
        var unit = 1
        for _ in 1..<width { unit *= 10 }
        while unit > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / unit % 10))
            unit /= 10
        }
    }

    /// Line breaks and control characters become spaces.
    fileprivate mutating func appendPlain(_ text: String) {
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control || scalar.value == 0x2028
            self += (isControl ? " " : String(scalar)).utf8
        }
    }

    /// A plain word as it is, anything else as a JSON string.
    fileprivate mutating func appendWord(_ text: String) {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { 33...126 ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
        if isPlain { self += text.utf8 } else { appendCanonicalString(text, to: &self) }
    }
}
