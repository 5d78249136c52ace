internal import CQuipuCurl

/// A URL that may be requested, checked before the library sees it: the library's own check of credentials
/// comes after it has taken them apart, and its words would repeat them.
struct RequestURL {
    let text: String
    /// For messages: no credentials, no query.
    let shown: String
    /// Whether the host is written as this machine or as an address of its networks.
    let isPrivateText: Bool

    init(_ text: String) throws(HTTPClientError) {
        let bytes = text.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            case let afterScheme = bytes[bytes.index(after: colon)...], afterScheme.starts(with: "//".utf8)
        else { throw Self.refusal(of: "(no URL)", "it does not begin with http:// or https://") }
        let scheme = bytes[..<colon].map(\.loweredASCII)
        let rest = afterScheme.dropFirst(2)
        let end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
        let authority = rest[..<end]
        let at = authority.lastIndex(of: UInt8(ascii: "@"))
        let host = authority[(at.map { authority.index(after: $0) } ?? authority.startIndex)...]
        let path = rest[end...].prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        // A backslash is a slash to some parsers: what they would take for the host must not be hidden by it.
        let isPlain = bytes.allSatisfy { 33...126 ~= $0 && $0 != UInt8(ascii: "\\") }
        let shownScheme = String(decoding: scheme, as: UTF8.self)
        shown = isPlain ? "\(shownScheme)://\(Substring(host))\(Substring(path))" : "(malformed URL)"

        guard isPlain else {
            throw Self.refusal(of: shown, "it has a space, a backslash or a character that is not ASCII")
        }
        guard shownScheme == "http" || shownScheme == "https" else {
            throw Self.refusal(of: shown, "only http and https are spoken here")
        }
        guard at == nil else { throw Self.refusal(of: shown, "it has credentials in it") }
        guard let first = host.first, first != UInt8(ascii: ":") else {
            throw Self.refusal(of: shown, "it has no host")
        }
        self.text = text
        isPrivateText = Self.isPrivate(host: String(Substring(host)).lowercased())
    }

    private static func isPrivate(host: String) -> Bool {
        var name = host
        if name.hasPrefix("["), let end = name.firstIndex(of: "]") {
            name = String(name[name.index(after: name.startIndex)..<end])
        } else if let colon = name.lastIndex(of: ":") {
            name = String(name[..<colon])
        }
        while name.hasSuffix(".") { name.removeLast() }
        return name == "localhost" || name.hasSuffix(".localhost") || quipu_is_private_text(name)
    }

    private static func refusal(of shown: String, _ message: String) -> HTTPClientError {
        HTTPClientError(code: .badURL, url: shown, message: message)
    }
}
