internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys
@_spi(_Unicode) internal import Swift

/// File names for records.
enum FileSlug {
    static let maximumBytes = 60

    /// `<kind>/<title>-<id>.md`, or without the title when nothing of it fits a file name.
    static func path(of record: ExportRecord) -> String {
        let title = record.fields.first { $0.name == "title" || $0.name == "name" }
        let slug = title.flatMap { decodeString($0.value) }.map { make(from: $0) } ?? ""
        let kind = make(from: record.kind)
        return (kind.isEmpty ? "other" : kind) + "/" + (slug.isEmpty ? "" : slug + "-") + record.id + ".md"
    }

    /// ASCII small letters and digits, runs of anything else one hyphen. Marks on letters are dropped, so
    /// that `Lenín` gives `lenin`.
    static func make(from text: String) -> String {
        var out: [UInt8] = []
        for character in text.prefix(maximumBytes * 2) {
            for byte in base(character) where out.count < maximumBytes {
                if ASCII.isAlphanumeric(byte) {
                    out.append(ASCII.lowercased(byte))
                } else if !out.isEmpty, out.last != UInt8(ascii: "-") {
                    out.append(UInt8(ascii: "-"))
                }
            }
        }
        while out.last == UInt8(ascii: "-") { out.removeLast() }
        return String(decoding: out, as: UTF8.self)
    }

    /// The ASCII letter under the marks; for other characters bytes that are no letters.
    private static func base(_ character: Character) -> [UInt8] {
        guard let first = firstDecomposed(character), first.isASCII else { return [UInt8(ascii: "-")] }
        return [UInt8(truncatingIfNeeded: first.value)]
    }

    private static func firstDecomposed(_ character: Character) -> Unicode.Scalar? {
        for scalar in String(character)._nfd { return scalar }
        return nil
    }
}
