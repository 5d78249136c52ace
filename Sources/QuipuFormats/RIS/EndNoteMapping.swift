internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// EndNote's tagged form, which is that of refer and BibIX: a line of `%` and a letter.
enum EndNoteMapping {
    private static let types = [
        "journal article": "JOUR", "journal": "JOUR", "electronic article": "JOUR",
        "magazine article": "MGZN",
        "newspaper article": "NEWS", "book": "BOOK", "edited book": "BOOK", "electronic book": "BOOK",
        "book section": "CHAP", "conference paper": "CPAPER", "conference proceedings": "CPAPER",
        "thesis": "THES",
        "report": "RPRT", "web page": "ELEC", "electronic source": "ELEC", "blog": "BLOG",
        "manuscript": "UNPB",
        "patent": "PAT", "dataset": "DATA", "computer program": "COMP", "map": "MAP", "artwork": "ART",
        "film or broadcast": "MPCT", "bill": "BILL", "statute": "STAT", "case": "CASE", "hearing": "HEAR",
        "personal communication": "PCOMM", "standard": "STAND", "encyclopedia": "ENCYC", "dictionary": "DICT",
    ]

    static func draft(of record: TaggedRecord) -> ReferenceDraft {
        var draft = ReferenceDraft()
        let name = record.first("%0").map(NameParts.collapsed) ?? ""
        let guess = record.values("%J").isEmpty ? (record.values("%B").isEmpty ? "BOOK" : "CHAP") : "JOUR"
        let ris = types[name.lowercased()] ?? (name.isEmpty ? guess : "GEN")
        draft.keep("TY", ris)
        if !name.isEmpty { draft.keep("%0", name) }
        let type = ReferenceType.ris(ris) ?? ReferenceType.document
        let authors = record.values("%A")
        draft.setAuthors(
            authors.map { NameParts(inverted: $0) }, keptAs: "%A",
            .array(authors.map { .string(NameParts.collapsed($0)) }))
        for title in record.values("%T") { draft.setTitle(NameParts.collapsed(title), keptAs: "%T") }
        let year = record.first("%D").flatMap { LooseDate.read(NameParts.collapsed($0)) }
        for text in record.values("%8").map(NameParts.collapsed) {
            let read =
                SourceDate.read(text) ?? year.flatMap { SourceDate.read("\(text) \($0.date.prefix(4))") }
            if let date = read?.value, !draft.has("date"), text.utf8.count > 3 {
                draft.set("date", date)
            } else {
                draft.keep("%8", text)
            }
        }
        for field in record.fields where !SourceValue.isBlank(field.value) { take(field, type, &draft) }
        draft.titleFallback = record.first("%B", "%J", "%S", "%Z")
        return draft
    }

    private static func take(
        _ field: TaggedRecord.Field, _ type: ReferenceType, _ draft: inout ReferenceDraft
    ) {
        let value = NameParts.collapsed(field.value)
        switch field.tag {
        case "%0", "%A", "%T", "%8": break
        case "%D":
            guard let date = LooseDate.read(value) else { return draft.keep("%D", value) }
            if let known = draft.text("date") {
                if !known.hasPrefix(date.date) { draft.keep("%D", value) }
            } else {
                draft.set("date", date.date)
                if !date.isWhole { draft.keep("%D", value) }
            }
        case "%J", "%B":
            if type.isInPeriodical, !draft.has("publisher") {
                draft.set("publisher", value)
            } else {
                draft.keep(field.tag, value)
            }
        case "%I":
            if !type.isInPeriodical, !draft.has("publisher") {
                draft.set("publisher", value)
            } else {
                draft.keep(field.tag, value)
            }
        case "%U":
            if !draft.has("url"), SourceValue.isWebAddress(.string(value)) {
                draft.set("url", value)
            } else {
                draft.keep("%U", value)
            }
        case "%R":
            let doi = SourceAddress.doi(value)
            if doi != nil, !draft.has("doi") { draft.set("doi", value) } else { draft.keep("%R", value) }
        case "%X":
            let prose = InlineMarkup.stripped(Paragraphs.joined(field.value))
            if draft.has("abstract") { draft.keep("%X", prose) } else { draft.set("abstract", prose) }
        case "%K":
            draft.tags += field.value.split(whereSeparator: { $0 == "\n" || $0 == ";" || $0 == "," }).map {
                NameParts.collapsed(String($0))
            }
        case "%G": draft.setLanguage(value, keptAs: "%G")
        case "%Z": draft.notes.append(field.value)
        case "%>":
            for path in field.value.split(separator: "\n") {
                if let file = AttachedFile(String(path)) {
                    draft.files.append(file)
                } else {
                    draft.keep("%>", String(path))
                }
            }
        default: draft.keep(field.tag, value)
        }
    }
}
