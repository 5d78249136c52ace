internal import QuipuCanonicalJSON

/// Host and port of a URL in the form that ``CanonicalURL`` prescribes.
enum CanonicalAuthority {
    /// nil when there is no host or when host or port cannot be one.
    static func canonicalize(_ authority: ArraySlice<UInt8>, _ rules: CanonicalURL.Rules) -> [UInt8]? {
        var rest = authority
        if let at = rest.lastIndex(of: UInt8(ascii: "@")) { rest = rest[(at + 1)...] }

        var port: ArraySlice<UInt8> = []
        let bracket = rest.lastIndex(of: UInt8(ascii: "]")) ?? rest.startIndex
        if let colon = rest[bracket...].lastIndex(of: UInt8(ascii: ":")) {
            port = rest[(colon + 1)...]
            rest = rest[..<colon]
        }
        guard let host = canonicalHost(rest, rules), let suffix = canonicalPort(port) else { return nil }
        return host + suffix
    }

    /// A canonical URL with its host's labels in Punycode; nil where all of them are ASCII.
    static func inPunycode(_ url: String) -> String? {
        let scheme = "https://"
        let rest = url.utf8.dropFirst(scheme.utf8.count)
        let end = rest.firstIndex { "/?#:".utf8.contains($0) } ?? rest.endIndex
        guard rest[..<end].contains(where: { $0 >= 0x80 }) else { return nil }
        let labels = rest[..<end].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let written = labels.map { label in
            Punycode.encode(String(decoding: label, as: UTF8.self)) ?? String(decoding: label, as: UTF8.self)
        }
        return scheme + written.joined(separator: ".") + String(decoding: rest[end...], as: UTF8.self)
    }

    private static func canonicalHost(_ bytes: ArraySlice<UInt8>, _ rules: CanonicalURL.Rules) -> [UInt8]? {
        if bytes.first == UInt8(ascii: "[") { return canonicalLiteral(bytes) }
        guard var name = lowerCaseName(bytes) else { return nil }
        if rules == .current { name = withoutPunycode(name) }
        var labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }
        while labels.count > 2, labels.first?.elementsEqual("www".utf8) == true { labels.removeFirst() }
        guard let first = labels.first, let last = labels.last, labels.allSatisfy({ !$0.isEmpty }) else {
            return nil
        }
        return Array(name[first.startIndex..<last.endIndex])
    }

    /// nil where something in it cannot stand in a name.
    private static func lowerCaseName(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        // What nearly all are made of is changed by nothing but its case.
        if bytes.allSatisfy({ ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
        ) {
            return bytes.map(ASCII.lowercased)
        }
        guard let decoded = PercentEncoding.decode(bytes) else { return nil }
        let name = decoded.nfc.lowercased().nfc
        return name.unicodeScalars.allSatisfy(isHostScalar) ? Array(name.utf8) : nil
    }

    /// Labels that begin with `xn--` in Unicode; one that is no Punycode, or of what cannot stand in a name, stays.
    private static func withoutPunycode(_ name: [UInt8]) -> [UInt8] {
        let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.contains(where: { $0.starts(with: Punycode.prefix.utf8) }) else { return name }
        return Array(
            labels.map { Punycode.decode($0).flatMap(readable) ?? Array($0) }.joined(separator: ".".utf8))
    }

    private static func readable(_ label: String) -> [UInt8]? {
        let lowered = label.nfc.lowercased().nfc
        guard lowered.utf8.elementsEqual(label.utf8), label.utf8.contains(where: { $0 >= 0x80 }),
            !label.utf8.starts(with: Punycode.prefix.utf8),
            label.unicodeScalars.allSatisfy({
                isHostScalar($0) && $0 != "." && !(0x7F...0x9F).contains($0.value)
            })
        else { return nil }
        return Array(label.utf8)
    }

    /// An IP address in brackets; its inner form is not normalised.
    private static func canonicalLiteral(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        let inner = bytes.dropFirst().dropLast()
        guard bytes.last == UInt8(ascii: "]"), !inner.isEmpty else { return nil }
        let isPlain = inner.allSatisfy {
            ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
        }
        return isPlain ? bytes.map(ASCII.lowercased) : nil
    }

    private static func isHostScalar(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value >= 0x80 { return !WhiteSpace.contains(scalar) }
        if ASCII.isAlphanumeric(UInt8(scalar.value)) { return true }
        switch scalar {
        case "-", ".", "_", "~", "!", "$", "&", "'", "(", ")", "*", "+", ",", ";", "=": return true
        default: return false
        }
    }

    private static func canonicalPort(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        if digits.isEmpty { return [] }
        guard digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }),
            let port = UInt16(String(decoding: digits, as: UTF8.self))
        else { return nil }
        return port == 80 || port == 443 ? [] : Array(":\(port)".utf8)
    }
}
