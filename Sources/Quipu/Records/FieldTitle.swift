/// What people are told in place of the names of fields that the archive keeps for itself. Programs get the names as they are.
package enum FieldTitle {
    private static let derived = "derived/"
    private static let titles = [
        "mergedInto": "merged into another record", "anchor": "place of the quotation",
        "sha256": "content of the file",
    ]

    /// - Parameter field: as the archive has it. The fields that people set keep their names.
    package static func of(_ field: String) -> String {
        if let title = titles[field] { return title }
        if field.hasPrefix(Fields.sourcePrefix) {
            return "source \(field.dropFirst(Fields.sourcePrefix.count))"
        }
        return field.hasPrefix(derived) ? "origin of \(field.dropFirst(derived.count))" : field
    }

    /// The field of a title, for what is typed as it was read; nil for one that is no such title.
    static func field(titled title: String) -> String? {
        if let known = titles.first(where: { $0.value == title }) { return known.key }
        for (words, prefix) in [("source ", Fields.sourcePrefix), ("origin of ", derived)]
        where title.hasPrefix(words) {
            return prefix + title.dropFirst(words.count)
        }
        return nil
    }
}
