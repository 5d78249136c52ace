internal import Glibc
package import QuipuHTTPServer

/// The address of a caller, for limits by address.
package struct ClientAddress: Sendable, Equatable {
    /// An IPv4 address, or the first 64 bits of an IPv6 address: one customer has all addresses with this prefix.
    package let key: String

    /// - Parameter isBehindProxy: use the last entry of `X-Forwarded-For`, the only one that the proxy itself wrote;
    ///   if that is not an address, the proxy's own.
    package init(of head: HTTPRequestHead, isBehindProxy: Bool) {
        let forwarded = isBehindProxy ? head.headers.values(of: "X-Forwarded-For").last : nil
        let entry = forwarded?.split(separator: ",", omittingEmptySubsequences: false).last
        key = entry.flatMap { Self.key(of: String($0)) } ?? Self.key(of: head.remoteAddress) ?? ""
    }

    /// Nil unless it is a numeric address. A port may follow it.
    static func key(of text: String) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            text = text[text.index(after: text.startIndex)..<end]
        } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
            text = text[..<colon]
        }
        var narrow = in_addr()
        if inet_pton(AF_INET, String(text), &narrow) == 1 { return String(text) }
        var wide = in6_addr()
        guard inet_pton(AF_INET6, String(text), &wide) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: wide) { Array($0) }
        // An IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2).
        if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xff, bytes[11] == 0xff {
            return bytes[12...].map { String($0) }.joined(separator: ".")
        }
        return bytes[..<8].map { String($0, radix: 16) }.joined(separator: ":")
    }
}
