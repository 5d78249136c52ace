/// The code points with Unicode's White_Space property, listed here because identity depends on them: a later
/// Unicode must not change what an archive's texts hash to.
public enum WhiteSpace {
    @inline(__always)
    public static func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
            true
        default: false
        }
    }

    /// Without the white space at either end.
    public static func trimmed(_ text: String) -> String { String(trimmed(text[...])) }

    public static func trimmed(_ text: Substring) -> Substring {
        let scalars = text.unicodeScalars
        guard let start = scalars.firstIndex(where: { !contains($0) }),
            let last = scalars.lastIndex(where: { !contains($0) })
        else { return "" }
        return Substring(scalars[start...last])
    }
}
