/// Follows the messages in one direction of an HTTP/1.1 connection as their bytes pass: which are of a head, which
/// of a body, and where a message ends. Knows announced lengths; a body without one lasts to the connection's end.
struct MessageFraming {
    enum Part: Equatable {
        case head
        case body
    }

    private var head: [UInt8] = []
    /// What is left of the body; nil in a head.
    private var bodyLeft: Int?

    /// Splits off what belongs together at the start of `bytes`, which are not empty.
    /// - Returns: how many bytes, what they are of, and whether the message ends with them.
    mutating func next(_ bytes: ArraySlice<UInt8>) -> (count: Int, part: Part, endsMessage: Bool) {
        if let left = bodyLeft {
            let count = min(left, bytes.count)
            bodyLeft = count == left ? nil : left - count
            return (count, .body, count == left)
        }
        for (index, byte) in bytes.enumerated() {
            head.append(byte)
            guard head.suffix(4) == [13, 10, 13, 10] else { continue }
            let length = Self.bodyLength(of: String(decoding: head, as: UTF8.self))
            head = []
            bodyLeft = length == 0 ? nil : length
            return (index + 1, .head, length == 0)
        }
        return (bytes.count, .head, false)
    }

    private static func bodyLength(of head: String) -> Int {
        let lines = head.lowercased().split(separator: "\r\n")
        if let length = lines.first(where: { $0.hasPrefix("content-length:") }) {
            return Int(length.dropFirst(15).filter { !$0.isWhitespace }) ?? 0
        }
        return lines.contains { $0.hasPrefix("transfer-encoding:") } ? .max : 0
    }
}
