internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Writes articles as BibLaTeX, in UTF-8, with citation keys that are unique and stay the same. Fields that an import of
/// BibTeX kept are written again under their names; those of other formats under the name that means the same.
public struct BibLaTeXWriter: RecordWriter {
    private let sink: ([UInt8]) throws -> Void
    private var keys = CitationKeys()
    public private(set) var lost: [String: Int] = [:]

    /// `sink` is given whole entries.
    public init(sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }

    public mutating func write(_ record: ExportRecord) throws {
        guard record.kind == "article" else {
            lost["[\(record.kind)]", default: 0] += 1
            return
        }
        var reference = try ExportedReference(record)
        let type = reference.type
        let own = reference.peek("x-entrytype")?.string.flatMap { Self.isName($0) ? $0 : nil }
        let hasOthers = reference.hasOtherAuthors
        reference.dropTypes()
        let authors = reference.takeAuthors()
        let date = reference.takeText("date")
        let key = keys.key(of: &reference, authors: authors, date: date)
        var fields = Fields()
        add(title: &reference, &fields)
        if !authors.isEmpty {
            fields.add(
                "author",
                (authors.map(LaTeXSafe.name) + (hasOthers ? ["others"] : [])).joined(separator: " and "))
        }
        for (role, names) in reference.takePeople() {
            guard let name = ReferenceField.people.first(where: { $0.zotero == role })?.bibLaTeX else {
                lost["x-" + role, default: 0] += 1
                continue
            }
            fields.add(
                name,
                names.map { $0.literal == "others" ? "others" : LaTeXSafe.name($0) }.joined(
                    separator: " and "))
        }
        add(date: date, &reference, &fields)
        if let publisher = reference.takeText("publisher") {
            let name =
                type.isInPeriodical
                ? (type.biblatex == "online" ? "organization" : "journaltitle")
                : ["thesis", "report"].contains(type.biblatex) ? "institution" : "publisher"
            fields.add(name, LaTeXSafe.text(publisher))
        }
        if let doi = reference.takeText("doi") { fields.add("doi", LaTeXSafe.address(doi)) }
        if let url = reference.takeText("url") { fields.add("url", LaTeXSafe.address(url)) }
        add(language: &reference, &fields)
        // Readers of keywords take a semicolon for the end of one.
        for tag in reference.tags where tag.contains(";") { lost["tags", default: 0] += 1 }
        if !reference.tags.isEmpty { fields.add("keywords", keywords(reference.tags)) }
        if let abstract = reference.takeText("abstract") {
            fields.add("abstract", LaTeXSafe.text(Paragraphs.joined(abstract)))
        }
        add(kept: &reference, type, isOwn: own != nil, &fields)
        for name in reference.left { lost[name, default: 0] += 1 }
        try sink(Array("@\(own ?? type.biblatex){\(key),\n\(fields.text)}\n\n".utf8))
    }

    public mutating func finish() {}

    private func add(title reference: inout ExportedReference, _ fields: inout Fields) {
        guard let title = reference.takeText("title") else { return }
        guard let subtitle = reference.peek("x-subtitle")?.string, title.hasSuffix(subtitle),
            title.count > subtitle.count
        else {
            return fields.add("title", LaTeXSafe.title(NameParts.collapsed(title)))
        }
        _ = reference.take("x-subtitle")
        var first = NameParts.collapsed(String(title.dropLast(subtitle.count)))
        if first.hasSuffix(":") { first.removeLast() }
        fields.add("title", LaTeXSafe.title(first))
        fields.add("subtitle", LaTeXSafe.title(subtitle))
    }

    private func add(date: String?, _ reference: inout ExportedReference, _ fields: inout Fields) {
        guard let date else { return }
        if let written = reference.peek("x-date")?.string, BibTeXDate.extended(written)?.date == date {
            _ = reference.take("x-date")
            return fields.add("date", LaTeXSafe.text(written))
        }
        fields.add("date", date)
    }

    private func add(language reference: inout ExportedReference, _ fields: inout Fields) {
        guard let language = reference.takeText("language") else { return }
        for name in ["langid", "language", "hyphenation"] {
            if let written = reference.peek("x-" + name)?.string, LanguageName.tag(written) == language {
                _ = reference.take("x-" + name)
                return fields.add(name, LaTeXSafe.text(written))
            }
        }
        let babel = LanguageName.babel(language).flatMap { LanguageName.tag($0) == language ? $0 : nil }
        fields.add("langid", babel ?? LaTeXSafe.text(language))
    }

    /// With commas between them; with semicolons where one has a comma.
    private func keywords(_ tags: [String]) -> String {
        guard tags.contains(where: { $0.contains(",") }) else {
            return tags.map { LaTeXSafe.text($0.replacing(";", with: ":")) }.joined(separator: ", ")
        }
        return tags.map { LaTeXSafe.text($0.replacing(";", with: ":")) }.joined(separator: "; ")
            + (tags.count == 1 ? ";" : "")
    }

    private static let addresses: Set<String> = ["urldate", "eprint", "file"]

    private func add(
        kept reference: inout ExportedReference, _ type: ReferenceType, isOwn: Bool, _ fields: inout Fields
    ) {
        if isOwn {
            for name in reference.keptNames where Self.isName(name) {
                guard let value = reference.peek("x-" + name) else { continue }
                // Names of people are a list.
                if let list = value.array, list.allSatisfy({ $0.string != nil }) {
                    let names = ExportedReference.texts(value).map {
                        $0 == "others" ? $0 : LaTeXSafe.name(NameParts(inverted: $0))
                    }
                    fields.add(name, names.joined(separator: " and "))
                } else if let text = ExportedReference.text(value) {
                    let isAddress =
                        Self.addresses.contains(name) || name.hasPrefix("bdsk-")
                        || SourceValue.isWebAddress(value)
                    let pages = name == "pages" ? PageRange.bibLaTeX(text) : text
                    fields.add(
                        name,
                        isAddress ? LaTeXSafe.address(text) : name == "pages" ? pages : LaTeXSafe.text(text))
                } else {
                    continue
                }
                _ = reference.take("x-" + name)
            }
        }
        if let pages = reference.takeKept(["pages", "page", "PG", "%P"]) {
            fields.add("pages", PageRange.bibLaTeX(pages))
        }
        if let first = reference.takeKept(["SP"]) {
            fields.add("pages", LaTeXSafe.text(reference.takeKept(["EP"]).map { "\(first)--\($0)" } ?? first))
        }
        if let number = reference.takeKept(["SN"]) {
            fields.add(number.filter(\.isNumber).count > 8 ? "isbn" : "issn", LaTeXSafe.text(number))
        }
        for row in ReferenceField.texts {
            guard let name = row.bibLaTeX, !fields.has(name), let text = reference.takeKept(row.names) else {
                continue
            }
            fields.add(name, LaTeXSafe.text(text))
        }
        for name in ReferenceField.accessed where !fields.has("urldate") {
            guard let value = reference.peek("x-" + name), let date = SourceDate.read(value)?.value.string
            else { continue }
            _ = reference.take("x-" + name)
            fields.add("urldate", String(date.prefix { $0 != "T" }))
        }
    }

    /// Of an entry's type or field.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 64
            && name.utf8.allSatisfy {
                ($0 | 0x20) == $0 && ASCII.isAlphanumeric($0) || "-_+".utf8.contains($0)
            }
            && name.utf8.first.map(ASCII.isLetter) == true
    }

    private struct Fields {
        private var names: Set<String> = []
        private(set) var text = ""

        func has(_ name: String) -> Bool { names.contains(name) }

        mutating func add(_ name: String, _ value: String) {
            guard !value.isEmpty, names.insert(name).inserted else { return }
            text += "  \(name) = {\(value)},\n"
        }
    }
}
