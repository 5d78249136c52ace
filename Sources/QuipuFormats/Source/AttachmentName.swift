internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Names of files that came with a message, a note or a book: never used as paths.
enum AttachmentName {
    private static let maximumBytes = 255

    /// The last part of a path, without control characters; nil where nothing is left.
    static func checked(_ name: String) -> String? {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        var clean = WhiteSpace.trimmed(
            String(
                String.UnicodeScalarView(last.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
        )
        while clean.utf8.count > maximumBytes { clean.removeLast() }
        return clean.isEmpty || clean == "." || clean == ".." ? nil : clean.nfc
    }
}
