internal import QuipuCanonicalJSON

/// One spelling for a Digital Object Identifier (ISO 26324): `10.registrant/suffix`, ASCII letters
/// lower-case, as DOIs are compared without regard to their case. Frozen, like ``CanonicalURL``.
public enum CanonicalDOI {
    public static let maximumBytes = 2_048

    private static let schemes = ["doi:", "info:doi/", "urn:doi:"]
    private static let hosts = ["doi.org", "www.doi.org", "dx.doi.org", "www.dx.doi.org"]

    /// Takes `10.…/…`, `doi:10.…/…`, `info:doi/10.…/…` and addresses at doi.org; nil when it is none of
    /// these.
    public static func canonicalize(_ text: String) -> String? {
        guard text.utf8.count <= maximumBytes else { return nil }
        let bytes = WhiteSpace.trimmed(text).utf8.map(ASCII.lowercased)
        if let rest = afterResolver(bytes[...]) {
            let end = rest.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? rest.endIndex
            return PercentEncoding.decode(rest[..<end]).flatMap(validated)
        }
        for scheme in schemes {
            if let rest = after(scheme, bytes[...]) {
                return validated(WhiteSpace.trimmed(String(decoding: rest, as: UTF8.self)))
            }
        }
        return validated(String(decoding: bytes, as: UTF8.self))
    }

    private static func afterResolver(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let address = after("https://", bytes) ?? after("http://", bytes)
        for host in hosts {
            if let path = after(host + "/", address ?? bytes) { return path }
        }
        return nil
    }

    private static func after(_ prefix: String, _ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        bytes.starts(with: prefix.utf8) ? bytes.dropFirst(prefix.utf8.count) : nil
    }

    /// `10.` and groups of digits, a slash, and a suffix of anything printable (DOI Handbook, section 2.2).
    private static func validated(_ text: String) -> String? {
        let doi = String(decoding: text.nfc.utf8.map(ASCII.lowercased), as: UTF8.self)
        let parts = doi.utf8.split(
            separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, parts[0].starts(with: "10.".utf8) else { return nil }
        let groups = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(ASCII.isDigit) }) else { return nil }
        let isPrintable = doi.unicodeScalars.allSatisfy {
            !WhiteSpace.contains($0) && $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
        }
        return isPrintable ? doi : nil
    }
}
