internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// What a source writes where an address or a DOI is due. Much of it is none: `see PDF`, `n/a`, a script. That is kept
/// under the source's own name, so that no field promises a link which leads nowhere, or which a browser would run.
enum SourceAddress {
    /// An absolute address that a reader can follow. `www.example.org/page` is completed as browsers do.
    static func url(_ value: JSONValue) -> Taken? {
        guard let taken = SourceValue.line(value), let written = taken.value.string else { return nil }
        let text = WhiteSpace.trimmed(written)
        if isFollowed(text) { return Taken(.string(text), isWhole: taken.isWhole) }
        guard text.utf8.starts(with: "www.".utf8), !text.unicodeScalars.contains(where: WhiteSpace.contains),
            CanonicalURL.canonicalize("https://" + text) != nil
        else { return nil }
        return Taken(.string("https://" + text), isWhole: false)
    }

    /// The canonical form of a DOI: `10.registrant/suffix` in small letters, without the sign that ends a sentence.
    static func doi(_ value: JSONValue) -> Taken? {
        guard let taken = SourceValue.line(value), let text = taken.value.string else { return nil }
        return doi(text).map { Taken(.string($0), isWhole: taken.isWhole) }
    }

    static func doi(_ text: String) -> String? {
        guard text.utf8.count <= CanonicalDOI.maximumBytes else { return nil }
        var text = WhiteSpace.trimmed(text)
        // `DOI 10.1000/182`
        if text.utf8.count > 4, text.prefix(3).lowercased() == "doi", text.dropFirst(3).first == " " {
            text = WhiteSpace.trimmed(String(text.dropFirst(4)))
        }
        while let last = text.utf8.last, ".,;".utf8.contains(last) { text.removeLast() }
        return CanonicalDOI.canonicalize(text)
    }

    private static func isFollowed(_ text: String) -> Bool {
        if SourceValue.isWebAddress(.string(text)) { return CanonicalURL.canonicalize(text) != nil }
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), colon != text.utf8.startIndex,
            text.utf8.index(after: colon) < text.utf8.endIndex,
            !text.unicodeScalars.contains(where: { WhiteSpace.contains($0) || $0.value < 0x20 })
        else { return false }
        let scheme = String(decoding: text.utf8[..<colon].map(ASCII.lowercased), as: UTF8.self)
        if scheme == "doi" { return doi(text) != nil }
        // Scripts, data and files of another's machine are none of these.
        return [
            "ftp", "ftps", "mailto", "tel", "news", "urn", "gemini", "gopher", "ipfs", "magnet", "geo",
            "xmpp", "irc",
        ].contains(scheme)
    }
}
