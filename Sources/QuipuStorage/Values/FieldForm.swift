internal import QuipuNaturalKeys

extension Kinds {
    /// What a field's text must look like, where that is not any text.
    public enum FieldForm: String, Sendable, Equatable {
        /// A tag of BCP 47. Its shape is looked at, not whether its parts are registered.
        case language
        /// An absolute address (RFC 3986) that a reader can follow; one of the web names a host.
        case url
        /// A DOI, alone or as an address.
        case doi

        public func accepts(_ text: String) -> Bool {
            switch self {
            case .language: Self.isLanguageTag(text)
            case .url: Self.isAddress(text)
            case .doi: CanonicalDOI.canonicalize(text) != nil
            }
        }

        /// The spelling in which an accepted text is kept: of a language that of BCP 47 (`pt-BR`), of a DOI the bare one in
        /// small letters. An address stays as it is, since servers may tell apart what looks alike.
        public func canonical(_ text: String) -> String {
            switch self {
            case .language: Self.canonicalTag(text)
            case .url: text
            case .doi: CanonicalDOI.canonicalize(text) ?? text
            }
        }

        /// Small letters, but for a region of two letters (`BR`) and a script of four (`Hant`) before any single letter.
        private static func canonicalTag(_ text: String) -> String {
            var isBehindSingle = false
            let parts = text.lowercased().split(separator: "-", omittingEmptySubsequences: false)
            return parts.enumerated().map { index, part in
                defer { isBehindSingle = isBehindSingle || part.utf8.count == 1 }
                if index == 0 || isBehindSingle { return String(part) }
                if part.utf8.count == 2 { return part.uppercased() }
                return part.utf8.count == 4 && part.utf8.allSatisfy(isLetter)
                    ? part.prefix(1).uppercased() + part.dropFirst() : String(part)
            }.joined(separator: "-")
        }

        /// What somebody may have meant by a text that is not accepted.
        func nearest(_ text: String) -> String? {
            let candidate: String? =
                switch self {
                case .language: String(text.map { $0 == "_" ? "-" : $0 })
                case .url:
                    text.utf8.contains(UInt8(ascii: ".")) && !Self.isProgram(text) ? "https://" + text : nil
                case .doi: text.firstRange(of: "10.").map { String(text[$0.lowerBound...]) }
                }
            return candidate.flatMap { accepts($0) ? canonical($0) : nil }
        }

        public var expectation: String {
            switch self {
            case .language: "a language tag (BCP 47)"
            case .url: "a complete URL"
            case .doi: "a DOI"
            }
        }

        var example: String {
            switch self {
            case .language: "pt-BR"
            case .url: "https://example.org/page"
            case .doi: "10.1000/182"
            }
        }

        private static func isLanguageTag(_ text: String) -> Bool {
            let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            guard let first = parts.first,
                parts.allSatisfy({ (1...8).contains($0.count) && $0.allSatisfy(isAlphanumeric) })
            else { return false }
            // "x-…" is private, "i-…" grandfathered; a single letter announces something behind it.
            if first.count == 1 { return parts.count > 1 && ["x", "i", "X", "I"].contains(String(first)) }
            let isPrivate = parts.dropFirst().contains {
                $0.count == 1 && $0.first! | 0x20 == UInt8(ascii: "x")
            }
            return (2...3).contains(first.count) && first.allSatisfy(isLetter)
                && (isPrivate || parts.count == 1 || parts[parts.count - 1].count > 1)
        }

        /// What a browser would run, or show as a page of the one that it is followed from.
        private static func isProgram(_ text: String) -> Bool {
            let scheme = text.prefix { $0 != ":" }.lowercased()
            return text.utf8.count > scheme.utf8.count && ["javascript", "vbscript", "data"].contains(scheme)
        }

        private static func isAddress(_ text: String) -> Bool {
            guard
                text.unicodeScalars.allSatisfy({
                    !$0.properties.isWhitespace && $0.properties.generalCategory != .control
                        && !"<>\"\\^`{|}".unicodeScalars.contains($0)
                }),
                let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
            else { return false }
            let scheme = text.utf8[..<colon]
            let rest = text.utf8[text.utf8.index(after: colon)...]
            // One letter is a drive, and digits after the colon are a port.
            guard scheme.count > 1, isLetter(scheme[scheme.startIndex]), let next = rest.first,
                scheme.allSatisfy({ isAlphanumeric($0) || [0x2B, 0x2D, 0x2E].contains($0) }),
                !(scheme.contains(UInt8(ascii: ".")) && isDigit(next)),
                !(scheme.elementsEqual("localhost".utf8))
            else { return false }
            if isProgram(text) { return false }
            let name = scheme.map { $0 | 0x20 }
            guard ["http", "https", "ftp"].contains(where: { name.elementsEqual($0.utf8) }) else {
                return true
            }
            let host = rest.dropFirst(2).prefix { ![0x2F, 0x3F, 0x23].contains($0) }
            return rest.starts(with: "//".utf8) && host.contains { isAlphanumeric($0) || $0 >= 0x80 }
        }

        private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
        private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }
        private static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
    }
}
