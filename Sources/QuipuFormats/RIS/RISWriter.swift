internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Writes articles as RIS, in UTF-8. Fields that an import of RIS kept are written again under their tags; those of other
/// formats under the tag that means the same. Notes on an article are written into its record, as `N1`.
public struct RISWriter: DocumentWriter {
    private let sink: ([UInt8]) throws -> Void
    public private(set) var lost: [String: Int] = [:]

    /// `sink` is given whole records.
    public init(sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }

    /// What belongs to no article that is written has no place.
    public mutating func write(_ record: ExportRecord) throws {
        guard record.kind == "article" else {
            lost["[\(record.kind)]", default: 0] += 1
            return
        }
        try write(record, notes: [])
    }

    public mutating func write(_ document: ExportDocument) throws {
        var notes: [String] = []
        for part in document.parts {
            guard part.record.kind == "note", part.record.line("target") == document.record.id else {
                lost["[\(part.record.kind)]", default: 0] += 1
                continue
            }
            let texts = [part.record.line("title"), part.record.line("text")].compactMap(\.self)
            notes.append(texts.joined(separator: "\n\n"))
            for field in part.record.fields where !Self.fieldsOfNotes.contains(field.name) {
                if field.name.hasPrefix("from/") || field.name.hasPrefix("derived/") { continue }
                lost[field.name.hasPrefix("tags/") ? "tags" : field.name, default: 0] += 1
            }
        }
        try write(document.record, notes: notes)
    }

    private static let fieldsOfNotes: Set<String> = ["title", "text", "target"]

    private mutating func write(_ record: ExportRecord, notes: [String]) throws {
        var reference = try ExportedReference(record)
        var lines = Lines()
        let type = reference.type
        let own = reference.take("x-TY")?.string
        lines.add("TY", own.flatMap { $0.count <= 8 && ReferenceType.ris($0) != nil ? $0 : nil } ?? type.ris)
        reference.dropTypes()
        add(title: &reference, &lines)
        for name in reference.takeAuthors() { lines.add("AU", name.inverted) }
        for (role, names) in reference.takePeople() {
            let tag = ReferenceField.people.first { $0.zotero == role }?.ris
            guard let tag else {
                lost["x-" + role, default: 0] += 1
                continue
            }
            for name in names { lines.add(tag, name.inverted) }
        }
        add(date: &reference, &lines)
        add(container: &reference, type, &lines)
        if let doi = reference.takeText("doi") { lines.add("DO", doi) }
        if let url = reference.takeText("url") { lines.add("UR", url) }
        for tag in reference.tags {
            // Readers of RIS take a semicolon for the end of a tag.
            if tag.contains(";") { lost["tags", default: 0] += 1 }
            lines.add("KW", tag.replacing(";", with: ","))
        }
        add(language: &reference, &lines)
        if let abstract = reference.takeText("abstract") { lines.add("AB", paragraphs: abstract) }
        for note in notes { lines.add(note: note) }
        add(kept: &reference, &lines)
        for name in reference.left { lost[name, default: 0] += 1 }
        lines.add("ER", "")
        try sink(Array((lines.text + "\n").utf8))
    }

    public mutating func finish() {}

    private func add(title reference: inout ExportedReference, _ lines: inout Lines) {
        guard let title = reference.takeText("title") else { return }
        for tag in ["TI", "T1", "CT", "BT"] {
            // With the markup that the title was shown without.
            if let marked = reference.peek("x-" + tag)?.string,
                NameParts.collapsed(InlineMarkup.stripped(marked)) == title
            {
                _ = reference.take("x-" + tag)
                return lines.add("TI", marked)
            }
        }
        lines.add("TI", title)
    }

    private mutating func add(date reference: inout ExportedReference, _ lines: inout Lines) {
        guard let date = reference.takeText("date") else { return }
        for tag in ["DA", "PY", "Y1"] {
            if let written = reference.peek("x-" + tag)?.string, LooseDate.read(written)?.date == date {
                _ = reference.take("x-" + tag)
                return lines.add(tag, written)
            }
        }
        let day = date.prefix { $0 != "T" }
        if day.count < date.count { lost["date", default: 0] += 1 }
        lines.add("PY", String(day.prefix(4)))
        // Three slashes, whatever stands between them.
        let parts = day.split(separator: "-")
        if parts.count > 1 {
            lines.add("DA", parts.joined(separator: "/") + String(repeating: "/", count: 4 - parts.count))
        }
    }

    private func add(
        container reference: inout ExportedReference, _ type: ReferenceType, _ lines: inout Lines
    ) {
        guard let publisher = reference.takeText("publisher") else { return }
        guard type.isInPeriodical else { return lines.add("PB", publisher) }
        let isTold = ["JF", "JO", "JA"].contains {
            reference.peek("x-" + $0)?.string == NameParts.collapsed(publisher)
        }
        if !isTold { lines.add("T2", publisher) }
    }

    private func add(language reference: inout ExportedReference, _ lines: inout Lines) {
        guard let language = reference.takeText("language") else { return }
        if let written = reference.peek("x-LA")?.string, LanguageName.tag(written) == language {
            _ = reference.take("x-LA")
            return lines.add("LA", written)
        }
        lines.add("LA", language)
    }

    private func add(kept reference: inout ExportedReference, _ lines: inout Lines) {
        for name in reference.keptNames where Lines.isTag(name) {
            guard let value = reference.peek("x-" + name), !ExportedReference.texts(value).isEmpty,
                reference.take("x-" + name) != nil
            else { continue }
            for text in ExportedReference.texts(value) { lines.add(name, text) }
        }
        if let pages = reference.takeKept(["pages", "page", "PG", "%P"]) {
            let range = PageRange.split(pages)
            lines.add("SP", range?.first ?? pages)
            if let last = range?.last { lines.add("EP", last) }
        }
        for names in [["ISBN", "isbn"], ["ISSN", "issn"]] {
            if let number = reference.takeKept(names) { lines.add("SN", number) }
        }
        if let key = reference.takeKept(["citationKey", "citation-key"]) { lines.add("ID", key) }
        for row in ReferenceField.texts {
            guard let tag = row.ris, let text = reference.takeKept(row.names) else { continue }
            lines.add(tag, text)
        }
        for name in ReferenceField.accessed {
            if let text = reference.takeText("x-" + name) { lines.add("Y2", text) }
        }
    }

    private struct Lines {
        private(set) var text = ""

        mutating func add(_ tag: String, _ value: String) {
            text += "\(tag)  - \(NameParts.collapsed(value))\n"
        }

        /// A blank line parts paragraphs; none begins as a tag does.
        mutating func add(_ tag: String, paragraphs value: String) {
            var told = ""
            for paragraph in Paragraphs.joined(value).split(separator: "\n") where !paragraph.isEmpty {
                let isTag = TaggedDialect.ris.tag(Array(paragraph.utf8)) != nil
                told += (told.isEmpty ? "" : isTag ? " " : "\n\n") + paragraph
            }
            text += "\(tag)  - \(told)\n"
        }

        /// Line by line. One that would begin another field goes on behind the line before.
        mutating func add(note: String) {
            var told = ""
            for line in note.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
                let words = WhiteSpace.trimmed(line)
                let isTag = TaggedDialect.ris.tag(Array(words.utf8)) != nil
                told += (told.isEmpty ? "" : isTag ? " " : "\n") + words
            }
            if !SourceValue.isBlank(told) { text += "N1  - \(told)\n" }
        }

        static func isTag(_ name: String) -> Bool {
            let bytes = Array(name.utf8)
            return bytes.count == 2 && (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[0])
                && ((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[1]) || ASCII.isDigit(bytes[1]))
                && !["TY", "ER", "AU", "TI"].contains(name)
        }
    }
}
