/// The parameters of a request's query (`a=1&b=two%20words`), each at most once.
package struct QueryParameters: Sendable {
    private static let maximumCount = 32

    private let values: [String: String]

    /// - Parameter allowed: the names that the address takes.
    /// - Throws: `Problem`, 400, for other names, repeated ones and what is not percent-encoded UTF-8.
    package init(_ query: String?, allowed: [String]) throws {
        var values: [String: String] = [:]
        let parts = (query ?? "").split(separator: "&")
        guard parts.count <= Self.maximumCount else { throw Problem.badQuery("it has too many parameters") }
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            // As forms write them, a plus is a space.
            guard let name = PercentEncoding.decoded(pair[0], plusIsSpace: true),
                let value = PercentEncoding.decoded(pair.count > 1 ? pair[1] : "", plusIsSpace: true)
            else { throw Problem.badQuery("it is not percent-encoded UTF-8") }
            guard allowed.contains(name) else {
                let known = allowed.isEmpty ? "none" : allowed.joined(separator: ", ")
                throw Problem.badQuery("it has '\(name.prefix(64))', and this address takes \(known)")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Problem.badQuery("it has '\(name)' more than once")
            }
        }
        self.values = values
    }

    package subscript(name: String) -> String? { values[name] }

    /// - Throws: `Problem`, 400, for what is no number in that range.
    package func integer(_ name: String, in range: ClosedRange<Int64>) throws -> Int64? {
        guard let text = values[name] else { return nil }
        guard text.utf8.allSatisfy({ 48...57 ~= $0 }), let number = Int64(text), range.contains(number) else {
            throw Problem.badQuery("'\(name)' is no number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// - Throws: `Problem`, 400, for what is neither `true` nor `false`.
    package func flag(_ name: String) throws -> Bool {
        switch values[name] {
        case nil, "false": return false
        case "true": return true
        default: throw Problem.badQuery("'\(name)' is neither true nor false")
        }
    }

    /// - Throws: `Problem`, 400, for a text that is empty or too long.
    package func text(_ name: String, maximumBytes: Int) throws -> String? {
        guard let text = values[name] else { return nil }
        guard !text.isEmpty, text.utf8.count <= maximumBytes else {
            throw Problem.badQuery("'\(name)' has not 1 to \(maximumBytes) bytes")
        }
        return text
    }
}

/// Percent-encoding (RFC 3986, section 2.1).
package enum PercentEncoding {
    /// Nil if a percent sign begins no two digits, or the bytes are not UTF-8.
    package static func decoded(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
                else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Everything but the unreserved characters of RFC 3986 is encoded.
    package static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
