internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Which tag of RIS becomes which field of an article. Producers differ: the tags of the old and the new standard, those
/// of EndNote, Mendeley, Zotero, ProQuest and of publishers are read.
enum RISMapping {
    static let fields: [(field: String, names: [String])] = [
        ("title", ["TI", "T1", "CT", "BT"]), ("author", ["AU", "A1"]), ("date", ["DA", "PY", "Y1"]),
        ("url", ["UR"]),
        ("doi", ["DO", "M3"]), ("tags", ["KW"]), ("language", ["LA"]),
        ("publisher", ["T2", "JF", "JO", "JA", "PB"]),
        ("abstract", ["AB", "N2"]), ("note", ["N1", "RN"]), ("attachment", ["L1", "L2", "L3", "L4"]),
    ]

    static func draft(of record: TaggedRecord) -> ReferenceDraft {
        var draft = ReferenceDraft()
        let typeName = record.first("TY").map { WhiteSpace.trimmed($0).uppercased() } ?? ""
        let type = ReferenceType.ris(typeName) ?? ReferenceType.document
        draft.keep("TY", typeName)
        takeTitle(record, type, &draft)
        takeDate(record, &draft)
        takeAbstract(record, &draft)
        let authors = record.values("AU").isEmpty ? record.values("A1") : record.values("AU")
        draft.setAuthors(
            authors.map { NameParts(inverted: $0) }, keptAs: record.values("AU").isEmpty ? "A1" : "AU",
            .array(authors.map { .string(NameParts.collapsed($0)) }))
        let (hasAU, hasDO) = (!record.values("AU").isEmpty, !record.values("DO").isEmpty)
        for field in record.fields where !SourceValue.isBlank(field.value) {
            take(field, hasAU: hasAU, hasDO: hasDO, &draft)
        }
        if !draft.has("doi"), let doi = draft.text("url").flatMap({ SourceAddress.doi($0) }) {
            draft.set("doi", doi)
        }
        return draft
    }

    private static func take(
        _ field: TaggedRecord.Field, hasAU: Bool, hasDO: Bool, _ draft: inout ReferenceDraft
    ) {
        let value = NameParts.collapsed(field.value)
        switch field.tag {
        case "TY", "TI", "T1", "CT", "DA", "PY", "Y1", "AB", "N2", "T2", "JF", "JO", "JA", "PB", "BT": break
        case "AU": break
        case "A1" where !hasAU: break
        case "UR": takeAddress(field.value, &draft)
        case "DO": takeDOI(value, field.tag, &draft)
        case "M3" where SourceAddress.doi(value) != nil: takeDOI(value, field.tag, &draft)
        case "KW": draft.tags += keywords(field.value)
        case "LA": draft.setLanguage(value, keptAs: field.tag)
        case "N1", "RN":
            if let doi = doi(inNote: value), !draft.has("doi"), !hasDO { draft.set("doi", doi) }
            draft.notes.append(field.value)
        case "L1", "L2", "L3", "L4":
            for path in paths(field.value) {
                if let file = AttachedFile(path) {
                    draft.files.append(file)
                } else {
                    draft.keep(field.tag, path)
                }
            }
        case "ID":
            // The number of a reference, or the key by which it is cited; with title, author and date it names it.
            if draft.foreignID == nil { draft.setCitationKey(value) }
            draft.keep("ID", value)
        default: draft.keep(field.tag, value)
        }
    }

    private static func takeTitle(
        _ record: TaggedRecord, _ type: ReferenceType, _ draft: inout ReferenceDraft
    ) {
        for tag in ["TI", "T1", "CT"] {
            for title in record.values(tag) { draft.setTitle(NameParts.collapsed(title), keptAs: tag) }
        }
        // Of a book, the book's title is its own.
        for title in record.values("BT") {
            if draft.has("title") || type.isInPeriodical {
                draft.keep("BT", NameParts.collapsed(title))
            } else {
                draft.setTitle(NameParts.collapsed(title), keptAs: "BT")
            }
        }
        let containers = ["T2", "JF", "JO", "JA"].flatMap { tag in
            record.values(tag).map { (tag: tag, text: NameParts.collapsed($0)) }
        }
        for container in containers {
            if type.isInPeriodical, !draft.has("publisher") {
                draft.set("publisher", container.text)
                // What a journal is called short, when only that is told, is kept as such.
                if container.tag != "T2" { draft.keep(container.tag, container.text) }
            } else if draft.text("publisher") != container.text || !type.isInPeriodical {
                draft.keep(container.tag, container.text)
            }
        }
        for publisher in record.values("PB") {
            if type.isInPeriodical || draft.has("publisher") {
                draft.keep("PB", NameParts.collapsed(publisher))
            } else {
                draft.set("publisher", NameParts.collapsed(publisher))
            }
        }
        draft.titleFallback = record.first("ST") ?? containers.first?.text ?? record.first("T3", "N1", "U1")
    }

    private static func takeAbstract(_ record: TaggedRecord, _ draft: inout ReferenceDraft) {
        for tag in ["AB", "N2"] {
            for text in record.values(tag) {
                let prose = InlineMarkup.stripped(Paragraphs.joined(text))
                if draft.has("abstract") { draft.keep(tag, prose) } else { draft.set("abstract", prose) }
            }
        }
    }

    /// `2001/02/03/spring`, `2001///`, `2001`, `Feb 3 2001`, and a day in `DA` whose year stands in `PY`.
    private static func takeDate(_ record: TaggedRecord, _ draft: inout ReferenceDraft) {
        let years = (record.values("PY") + record.values("Y1")).map(NameParts.collapsed)
        let year = years.lazy.compactMap { LooseDate.read($0) }.first
        for text in record.values("DA").map(NameParts.collapsed) {
            var date = LooseDate.read(text)
            if date == nil, let year, let joined = SourceDate.read("\(text) \(year.date.prefix(4))") {
                date = joined.value.string.map { ($0, true) }
                draft.keep("DA", text)
            }
            guard let date, !draft.has("date") else {
                draft.keep("DA", text)
                continue
            }
            draft.set("date", date.date)
            if !date.isWhole { draft.keep("DA", text) }
        }
        for (tag, text) in ["PY", "Y1"].flatMap({ tag in
            record.values(tag).map { (tag, NameParts.collapsed($0)) }
        }) {
            guard let date = LooseDate.read(text) else {
                draft.keep(tag, text)
                continue
            }
            if let known = draft.text("date") {
                if !known.hasPrefix(date.date) { draft.keep(tag, text) }
            } else {
                draft.set("date", date.date)
            }
            if !date.isWhole { draft.keep(tag, text) }
        }
    }

    /// Several addresses in one field stand on lines of their own, or have `;` between them.
    private static func takeAddress(_ text: String, _ draft: inout ReferenceDraft) {
        let addresses = text.split(whereSeparator: \.isWhitespace).map { String($0).trimmedEnd(";,") }
        for address in addresses.prefix(1_000) {
            if !draft.has("url"), SourceValue.isWebAddress(.string(address)) {
                draft.set("url", address)
            } else if draft.text("url") != address {
                draft.keep("UR", address)
            }
        }
    }

    private static func takeDOI(_ text: String, _ tag: String, _ draft: inout ReferenceDraft) {
        if !draft.has("doi"), SourceAddress.doi(text) != nil {
            draft.set("doi", text)
        } else if draft.text("doi") != (SourceAddress.doi(text) ?? text) {
            draft.keep(tag, text)
        }
    }

    /// One on a line, or several with `;` between them; a name of a file may have that too, so that each part has a folder or a
    /// scheme. Escapes of addresses are read where nothing but an address would have them.
    private static func paths(_ text: String) -> [String] {
        var paths: [String] = []
        for line in text.split(separator: "\n") {
            var isFirst = true
            for part in line.split(separator: ";", omittingEmptySubsequences: false) {
                if isFirst || part.contains(where: { $0 == "/" || $0 == "\\" }) {
                    paths.append(String(part))
                } else if !SourceValue.isBlank(String(part)) {
                    paths[paths.count - 1] += ";" + part
                }
                isFirst = false
            }
        }
        return paths.map { WhiteSpace.trimmed($0) }.filter { !$0.isEmpty }.map { path in
            path.contains(" ") || path.contains("://") ? path : AttachedFile.percentDecoded(path)
        }
    }

    /// `doi: 10.1000/182`, as EndNote and some publishers write into a note.
    private static func doi(inNote text: String) -> String? {
        guard text.utf8.count < 200, text.lowercased().hasPrefix("doi") else { return nil }
        let rest = NameParts.collapsed(String(text.dropFirst(3).drop { ": ".contains($0) }))
        return SourceAddress.doi(rest) == nil ? nil : rest
    }

    /// One on a line, or several with `;` between them.
    private static func keywords(_ text: String) -> [String] {
        text.split(whereSeparator: { $0 == "\n" || $0 == ";" }).map { NameParts.collapsed(String($0)) }.filter
        { !$0.isEmpty }
    }
}

extension String {
    fileprivate func trimmedEnd(_ characters: String) -> String {
        var text = self
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return text
    }
}
