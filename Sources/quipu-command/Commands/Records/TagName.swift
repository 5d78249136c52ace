internal import Quipu

/// The names of tags as people type them, and the fields that hold them.
enum TagName {
    static let fieldPrefix = "tags/"

    /// - Throws: `UsageError` as `normalised`.
    static func field(_ typed: String) throws(UsageError) -> String { fieldPrefix + (try normalised(typed)) }

    /// In normal form C, so that a tag is one tag however its accents were typed, without spaces at the ends.
    /// - Throws: `UsageError` for a name that is empty, too long or no plain line.
    static func normalised(_ typed: String) throws(UsageError) -> String {
        let scalars = typed.inNormalFormC.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { throw UsageError("a tag has a name", hint: "for example: quipu tag ID +strike") }
        let name = String(scalars[first...last])
        guard !scalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw UsageError("a tag is one line of plain text, without control characters")
        }
        guard (fieldPrefix + name).utf8.count <= ArchiveLimits.fieldNameBytes else {
            throw UsageError(
                "the tag '\(name.prefix(20))…' is too long",
                hint: "use at most \(ArchiveLimits.fieldNameBytes - fieldPrefix.utf8.count) bytes")
        }
        return name
    }
}
