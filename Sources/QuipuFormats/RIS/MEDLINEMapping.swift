internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// PubMed's tagged form (nbib): one line of a tag of up to four letters, continued lines indented.
enum MEDLINEMapping {
    static func draft(of record: TaggedRecord) -> ReferenceDraft {
        var draft = ReferenceDraft()
        // PubMed's ids are its own, wherever a file comes from.
        if let id = record.first("PMID").map({ WhiteSpace.trimmed($0) }), id.allSatisfy(\.isNumber) {
            draft.foreignID = id
            draft.producer = "pubmed"
        }
        for tag in ["TI", "BTI", "CTI", "VTI", "TT"] {
            for title in record.values(tag) {
                let text = NameParts.collapsed(title)
                // A title that was translated stands in brackets.
                let bare = text.hasPrefix("[") && text.hasSuffix("].") ? String(text.dropFirst().dropLast(2)) : text
                if draft.has("title") { draft.keep(tag, text) } else { draft.setTitle(bare, keptAs: tag) }
            }
        }
        takeAuthors(record, &draft)
        for text in record.values("DP") {
            if let date = LooseDate.read(NameParts.collapsed(text)), !draft.has("date") {
                draft.set("date", date.date)
                if !date.isWhole { draft.keep("DP", NameParts.collapsed(text)) }
            } else {
                draft.keep("DP", NameParts.collapsed(text))
            }
        }
        for container in ["JT", "TA"].flatMap({ tag in record.values(tag).map { (tag, NameParts.collapsed($0)) } }) {
            if draft.has("publisher") { draft.keep(container.0, container.1) } else { draft.set("publisher", container.1) }
        }
        for field in record.fields where !SourceValue.isBlank(field.value) { take(field, &draft) }
        return draft
    }

    private static func take(_ field: TaggedRecord.Field, _ draft: inout ReferenceDraft) {
        let value = NameParts.collapsed(field.value)
        switch field.tag {
        case "TI", "BTI", "CTI", "VTI", "TT", "FAU", "AU", "CN", "DP", "JT", "TA": break
        case "AB":
            if draft.has("abstract") { draft.keep("AB", value) } else { draft.set("abstract", value) }
        case "LID", "AID":
            if value.hasSuffix("[doi]") {
                let doi = WhiteSpace.trimmed(String(value.dropLast("[doi]".count)))
                if !draft.has("doi") { draft.set("doi", doi) }
            } else {
                draft.keep(field.tag, value)
            }
        case "LA": draft.setLanguage(value, keptAs: "LA")
        // `*Floods/history`: the star marks what an article is mainly about.
        case "MH", "OT": draft.tags.append(value.filter { $0 != "*" })
        case "PMID": draft.keep("PMID", value)
        default: draft.keep(field.tag, value)
        }
    }

    /// Full names where they are told for all, else `Quispe AB`.
    private static func takeAuthors(_ record: TaggedRecord, _ draft: inout ReferenceDraft) {
        let (full, brief) = (record.values("FAU"), record.values("AU"))
        let isFull = full.count >= brief.count
        let names = (isFull ? full : brief).map { isFull ? NameParts(inverted: $0) : briefName($0) }
        let all = names + record.values("CN").map { NameParts(literal: NameParts.collapsed($0)) }
        draft.setAuthors(all, keptAs: "FAU", .array(all.map { .string($0.kept) }))
    }

    private static func briefName(_ text: String) -> NameParts {
        let words = text.split(separator: " ").map(String.init)
        guard words.count > 1, let last = words.last, last.allSatisfy({ $0.isUppercase }) else {
            return NameParts(literal: NameParts.collapsed(text))
        }
        return NameParts(given: last, family: words.dropLast().joined(separator: " "))
    }
}
