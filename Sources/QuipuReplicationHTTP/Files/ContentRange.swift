/// The field `Content-Range: bytes FIRST-LAST/TOTAL` (RFC 9110, section 14.4).
struct ContentRange: Equatable {
    /// Not empty.
    var bytes: Range<UInt64>
    /// Nil if it is unknown.
    var totalBytes: UInt64?

    /// Nil if it is not such a field, or is inconsistent.
    init?(_ text: String) {
        guard text.hasPrefix("bytes "), let slash = text.lastIndex(of: "/") else { return nil }
        let ends = text[..<slash].dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]),
            first <= last, last < .max
        else { return nil }
        bytes = first..<last + 1
        let total = text[text.index(after: slash)...]
        if total == "*" { return }
        guard let total = Self.number(total), total > last else { return nil }
        totalBytes = total
    }

    /// The length in `bytes */TOTAL`.
    static func total(ofUnsatisfied text: String) -> UInt64? {
        text.hasPrefix("bytes */") ? number(text.dropFirst(8)) : nil
    }

    private static func number(_ digits: Substring) -> UInt64? {
        digits.utf8.allSatisfy { 48...57 ~= $0 } ? UInt64(digits) : nil
    }
}
