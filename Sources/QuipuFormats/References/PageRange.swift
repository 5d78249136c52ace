/// Pages as formats write them: `12-34`, `12--34`, `12–34`; two fields in RIS.
enum PageRange {
    /// The first and the last page; nil for what is no single range.
    static func split(_ text: String) -> (first: String, last: String)? {
        let parts = text.split(whereSeparator: { "-–—‐‑".contains($0) }).map {
            NameParts.collapsed(String($0))
        }
        guard parts.count == 2, !parts.contains(where: { $0.isEmpty || $0.contains(",") || $0.contains(" ") })
        else { return nil }
        return (parts[0], parts[1])
    }

    /// With the dash that BibLaTeX wants.
    static func bibLaTeX(_ text: String) -> String {
        split(text).map { "\($0.first)--\($0.last)" } ?? text
    }

    static func plain(_ text: String) -> String { split(text).map { "\($0.first)-\($0.last)" } ?? text }
}
