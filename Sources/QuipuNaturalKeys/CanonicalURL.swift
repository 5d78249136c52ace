/// One spelling for the URLs under which one article is met, from which its identity is derived.
///
/// An archive's record ids and its index of keys depend on every rule here. Where a rule has changed, ``formerForms(_:)``
/// gives what an archive may have indexed an address under before. The rules go beyond RFC 3986 section 6 where links to
/// articles differ in practice and hardly ever in meaning:
///
/// - `http` and `https` are the same, written `https`; user name and password are dropped.
/// - The host is NFC and lower-case, its final dot and each leading `www.` (if a dot remains) are dropped.
///   A label of an internationalised name in Punycode (`xn--…`) is written in Unicode.
/// - Ports 80 and 443 are dropped, with either scheme.
/// - Percent-encoding: unreserved characters decoded, hexadecimal digits upper-case, everything that RFC 3986
///   does not allow encoded as UTF-8, a stray `%` as `%25`.
/// - Dot segments are resolved; trailing slashes are dropped except the root's.
/// - Of the query, empty parts and the parameters of ``TrackingParameters`` are dropped (`ref` only with a value that tells
///   where a reader came from); the rest keeps its order.
/// - A fragment that begins with `!` or contains `/` before its end names a page (a route of a page that scripts draw) and
///   stays, without slashes at its end, its query treated likewise; that of the root names one only by its query. All
///   others are dropped, as is a text directive (`:~:`).
public enum CanonicalURL {
    /// Anything longer is no address that identifies an article.
    public static let maximumBytes = 65_536

    enum Rules {
        case current
        /// Those of earlier versions: `ref` was dropped with any value, and Punycode stayed as it was.
        case former
    }

    /// nil when the text, outer white space aside, is no http or https URL.
    public static func canonicalize(_ text: String) -> String? {
        OrdinaryURL.canonicalize(text) ?? canonicalizeByTheRules(text)
    }

    /// The other forms under which earlier versions indexed what has the canonical form of this text now; mostly none.
    public static func formerForms(_ text: String) -> [String] {
        guard OrdinaryURL.canonicalize(text) == nil, let current = canonicalizeByTheRules(text) else {
            return []
        }
        var forms: [String] = []
        for spelling in [text, CanonicalAuthority.inPunycode(current)].compactMap(\.self) {
            guard let form = canonicalizeByTheRules(spelling, .former), form != current, !forms.contains(form)
            else {
                continue
            }
            forms.append(form)
        }
        return forms
    }

    static func canonicalizeByTheRules(_ text: String, _ rules: Rules = .current) -> String? {
        guard text.utf8.count <= maximumBytes else { return nil }
        let bytes = Array(WhiteSpace.trimmed(text).utf8)
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        guard var rest = afterScheme(bytes) else { return nil }

        var fragment: ArraySlice<UInt8> = []
        if let mark = rest.firstIndex(of: UInt8(ascii: "#")) {
            fragment = rest[(mark + 1)...]
            rest = rest[..<mark]
        }
        var query: ArraySlice<UInt8> = []
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            query = rest[(mark + 1)...]
            rest = rest[..<mark]
        }
        let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        guard let authority = CanonicalAuthority.canonicalize(rest[..<slash], rules) else { return nil }

        var out = Array("https://".utf8) + authority
        out += canonicalPath(rest[slash...])
        let host = String(decoding: authority, as: UTF8.self)
        let parts = canonicalQuery(query, at: host, rules)
        if !parts.isEmpty { out += [UInt8(ascii: "?")] + parts }
        let route = canonicalRoute(fragment, at: host, rules)
        if !route.isEmpty { out += [UInt8(ascii: "#")] + route }
        return String(decoding: out, as: UTF8.self)
    }

    private static func afterScheme(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        for scheme in ["https://", "http://"] where bytes.count > scheme.utf8.count {
            if zip(bytes, scheme.utf8).allSatisfy({ ASCII.lowercased($0) == $1 }) {
                return bytes[scheme.utf8.count...]
            }
        }
        return nil
    }

    private static func canonicalPath(_ path: ArraySlice<UInt8>) -> [UInt8] {
        let encoded = PercentEncoding.normalise(path, allowing: PercentEncoding.isPathByte)
        var segments: [ArraySlice<UInt8>] = []
        let pieces = encoded.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for segment in pieces {
            if segment.elementsEqual(".".utf8) { continue }
            if segment.elementsEqual("..".utf8) {
                _ = segments.popLast()
            } else {
                segments.append(segment)
            }
        }
        while segments.last?.isEmpty == true { segments.removeLast() }
        if segments.isEmpty { return [UInt8(ascii: "/")] }
        var out: [UInt8] = []
        out.reserveCapacity(encoded.count)
        for segment in segments {
            out.append(UInt8(ascii: "/"))
            out += segment
        }
        return out
    }

    /// The part of a fragment that names a page; empty where it names none.
    private static func canonicalRoute(
        _ fragment: ArraySlice<UInt8>, at host: String, _ rules: Rules
    ) -> [UInt8] {
        var rest = PercentEncoding.normalise(fragment, allowing: PercentEncoding.isQueryByte)[...]
        let directive = Array(":~:".utf8)
        if let start = rest.indices.first(where: { rest[$0...].starts(with: directive) }) {
            rest = rest[..<start]
        }
        var query: ArraySlice<UInt8> = []
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            query = rest[(mark + 1)...]
            rest = rest[..<mark]
        }
        let isRoot = rest.contains(UInt8(ascii: "/")) && rest.allSatisfy { $0 == UInt8(ascii: "/") }
        while rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
        let isRoute = isRoot || rest.first == UInt8(ascii: "!") || rest.contains(UInt8(ascii: "/"))
        let isTracking =
            rest.contains(UInt8(ascii: "=")) && TrackingParameters.contain(rest, at: host, rules)
        if !isRoute || isTracking { return [] }
        let parts = canonicalQuery(query, at: host, rules)
        if parts.isEmpty { return rest == [UInt8(ascii: "!")] ? [] : Array(rest) }
        return (isRoot ? [UInt8(ascii: "/")] : Array(rest)) + [UInt8(ascii: "?")] + parts
    }

    private static func canonicalQuery(
        _ query: ArraySlice<UInt8>, at host: String, _ rules: Rules
    ) -> [UInt8] {
        var parts: [[UInt8]] = []
        for part in query.split(separator: UInt8(ascii: "&")) {
            let encoded = PercentEncoding.normalise(part, allowing: PercentEncoding.isQueryByte)
            if !TrackingParameters.contain(encoded, at: host, rules) { parts.append(encoded) }
        }
        return Array(parts.joined(separator: [UInt8(ascii: "&")]))
    }
}
