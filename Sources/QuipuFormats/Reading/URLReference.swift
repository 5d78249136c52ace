internal import QuipuNaturalKeys

/// Addresses as pages write them, relative to that of the page (RFC 3986, section 5.2).
enum URLReference {
    /// Longer ones are no links that anybody follows.
    static let maximumBytes = 2_048
    /// What a reader can follow; scripts, data and files of another's machine are not.
    private static let schemes: Set<String> = [
        "http", "https", "ftp", "ftps", "mailto", "tel", "news", "doi", "urn", "gemini", "gopher", "ipfs",
        "magnet",
        "geo", "xmpp", "irc",
    ]

    /// The absolute address; nil where it leads nowhere: too long, of a scheme that is not followed, relative without a base.
    static func resolve(_ reference: String, base: String?) -> String? {
        resolve(reference, base: base.flatMap(Base.init))
    }

    /// The same for many references of one page.
    static func resolve(_ reference: String, base: Base?) -> String? {
        let bytes = WhiteSpace.trimmed(reference).utf8.filter { $0 >= 0x20 && $0 != 0x7F }
        guard bytes.count <= maximumBytes else { return nil }
        if let scheme = scheme(of: bytes[...]) {
            return schemes.contains(scheme) ? String(decoding: bytes, as: UTF8.self) : nil
        }
        guard let base else { return nil }
        let resolved = base.resolve(bytes[...])
        return resolved.count <= 2 * maximumBytes ? String(decoding: resolved, as: UTF8.self) : nil
    }

    /// Whether it is an address of the web.
    static func isWeb(_ text: String) -> Bool {
        let scheme = scheme(of: Array(text.utf8.prefix(8))[...])
        return (scheme == "http" || scheme == "https") && CanonicalURL.canonicalize(text) != nil
    }

    fileprivate static func scheme(of bytes: ArraySlice<UInt8>) -> String? {
        guard let first = bytes.first, ASCII.isLetter(first) else { return nil }
        let word = bytes.prefix { ASCII.isAlphanumeric($0) || "+-.".utf8.contains($0) }
        guard bytes.dropFirst(word.count).first == UInt8(ascii: ":") else { return nil }
        return String(decoding: word.map(ASCII.lowercased), as: UTF8.self)
    }

    /// An absolute address in its parts.
    struct Base {
        /// With its colon.
        private let scheme: ArraySlice<UInt8>
        /// With its two slashes; empty where there is none.
        private let authority: ArraySlice<UInt8>
        private let path: ArraySlice<UInt8>
        private let query: ArraySlice<UInt8>

        /// nil for one that is too long or not absolute.
        init?(_ text: String) {
            guard text.utf8.count <= URLReference.maximumBytes else { return nil }
            let url = Array(text.utf8)
            guard URLReference.scheme(of: url[...]) != nil, let colon = url.firstIndex(of: UInt8(ascii: ":"))
            else { return nil }
            scheme = url[...colon]
            var rest = url[(colon + 1)...].prefix { $0 != UInt8(ascii: "#") }
            if rest.starts(with: "//".utf8) {
                let end = rest.dropFirst(2).firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
                authority = rest[..<(end ?? rest.endIndex)]
                rest = rest[(end ?? rest.endIndex)...]
            } else {
                authority = []
            }
            path = rest.prefix { $0 != UInt8(ascii: "?") }
            query = rest[path.endIndex...]
        }

        fileprivate func resolve(_ reference: ArraySlice<UInt8>) -> [UInt8] {
            if reference.starts(with: "//".utf8) { return Array(scheme + reference) }
            let start = Array(scheme + authority)
            let fragment = reference.firstIndex(of: UInt8(ascii: "#")) ?? reference.endIndex
            let before = reference[..<fragment]
            let target = before.prefix { $0 != UInt8(ascii: "?") }
            let tail = reference[target.endIndex...]
            if target.isEmpty {
                return start + path + (before.isEmpty ? query : []) + tail
            }
            if target.first == UInt8(ascii: "/") { return start + Self.withoutDots(target) + tail }
            let folder = path.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] } ?? []
            let joined = (folder.isEmpty && !authority.isEmpty ? [UInt8(ascii: "/")] : Array(folder)) + target
            return start + Self.withoutDots(joined[...]) + tail
        }

        private static func withoutDots(_ path: ArraySlice<UInt8>) -> [UInt8] {
            let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            var kept: [ArraySlice<UInt8>] = []
            for (place, segment) in segments.enumerated() {
                let isDot = segment.elementsEqual(".".utf8)
                let isUp = segment.elementsEqual("..".utf8)
                if isUp, kept.count > 1 { kept.removeLast() }
                if !isDot, !isUp {
                    kept.append(segment)
                } else if place == segments.count - 1 {
                    kept.append([])
                }
            }
            return Array(kept.joined(separator: [UInt8(ascii: "/")]))
        }
    }
}
