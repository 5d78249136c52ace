internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Which field of BibTeX and BibLaTeX becomes which field of an article.
enum BibTeXMapping {
    static let fields: [(field: String, names: [String])] = [
        ("title", ["title", "subtitle"]), ("author", ["author"]), ("date", ["date", "year", "month", "day"]),
        ("url", ["url", "howpublished"]), ("doi", ["doi"]), ("tags", ["keywords", "mendeley-tags"]),
        ("language", ["langid", "language"]),
        ("publisher", ["journaltitle", "journal", "publisher", "institution", "school", "organization"]),
        ("abstract", ["abstract"]), ("note", ["annotation", "annote", "comment", "review"]),
        ("attachment", ["file", "pdf"]),
        ("collections", ["groups", "mendeley-groups"]),
    ]

    private static let notes: Set<String> = [
        "annote", "annotation", "comment", "comments", "review", "notes",
    ]
    private static let people: Set<String> = [
        "editor", "translator", "bookauthor", "commentator", "annotator", "introduction", "foreword",
        "afterword", "editora",
        "editorb", "editorc", "holder", "director", "shortauthor", "shorteditor",
    ]
    private static let addresses: Set<String> = [
        "urldate", "eprint", "archiveprefix", "primaryclass", "eprinttype", "eprintclass",
    ]

    static func draft(of entry: BibTeXEntry) -> ReferenceDraft {
        var draft = ReferenceDraft()
        let type = ReferenceType.bibTeX(entry.type) ?? ReferenceType.document
        draft.keep("entrytype", entry.type)
        if !entry.key.isEmpty { draft.keep("citationKey", entry.key) }
        takeTitle(entry, &draft)
        BibTeXDate.take(entry, &draft)
        for name in containers(type) where !draft.has("publisher") {
            if let text = entry.value(name).map({ LaTeXText.decode($0) }), !text.isEmpty {
                draft.set("publisher", text)
            }
        }
        for field in entry.fields { take(field, type, entry, &draft) }
        takeHowPublished(entry, &draft)
        if !draft.has("doi"), let doi = draft.text("url").flatMap({ SourceAddress.doi($0) }) {
            draft.set("doi", doi)
        }
        draft.setCitationKey(entry.key)
        // A key is made up, and nothing to call what an address or a DOI names.
        let isNamed = entry.key.isEmpty || draft.has("url") || draft.has("doi")
        draft.titleFallback =
            entry.value("booktitle").map { LaTeXText.decode($0) } ?? draft.text("publisher")
            ?? (isNamed ? nil : entry.key)
        return draft
    }

    /// Where an article's publisher stands, first come first.
    private static func containers(_ type: ReferenceType) -> [String] {
        type.isInPeriodical
            ? ["journaltitle", "journal", "fjournal", "maintitle", "organization", "publisher"]
            : ["publisher", "institution", "school", "organization", "holder"]
    }

    private static func takeTitle(_ entry: BibTeXEntry, _ draft: inout ReferenceDraft) {
        guard let title = entry.value("title").map({ LaTeXText.decode($0) }), !title.isEmpty else { return }
        let subtitle = entry.value("subtitle").map { LaTeXText.decode($0) } ?? ""
        let ends = title.unicodeScalars.last.map { ".:?!".unicodeScalars.contains($0) } == true
        draft.set("title", subtitle.isEmpty ? title : title + (ends ? " " : ": ") + subtitle)
        // Which part is which is told by the length of the second.
        draft.keep("subtitle", subtitle)
    }

    private static func take(
        _ field: (name: String, value: String), _ type: ReferenceType, _ entry: BibTeXEntry,
        _ draft: inout ReferenceDraft
    ) {
        let name = field.name
        if SourceValue.isBlank(field.value) { return }
        switch name {
        case "title", "subtitle", "date", "year", "month", "day", "howpublished", "crossref", "xdata": break
        case "author":
            let (names, hasOthers) = BibTeXNames.read(field.value)
            let kept = JSONValue.array(
                (names.map(\.kept) + (hasOthers ? ["others"] : [])).map { .string($0) })
            draft.setAuthors(names, keptAs: "author", kept)
            if hasOthers { draft.keep("author", kept) }
        case _ where people.contains(name):
            let (names, hasOthers) = BibTeXNames.read(field.value)
            draft.keep(name, .array((names.map(\.kept) + (hasOthers ? ["others"] : [])).map { .string($0) }))
        case "url", "bdsk-url-1", "local-url":
            for address in addresses(verbatim(field.value)) {
                if !draft.has("url"), SourceValue.isWebAddress(.string(address)) {
                    draft.set("url", address)
                } else {
                    draft.keep(name, address)
                }
            }
        case "doi":
            let doi = verbatim(field.value)
            if SourceAddress.doi(doi) != nil { draft.set("doi", doi) } else { draft.keep("doi", doi) }
        case "keywords", "keyword", "mendeley-tags":
            let text = CharacterReference.decoded(LaTeXText.decode(field.value))
            let separator: Character = text.contains(";") ? ";" : ","
            draft.tags += text.split(separator: separator).map { NameParts.collapsed(String($0)) }.filter {
                !$0.isEmpty
            }
        case "groups", "mendeley-groups":
            let groups = LaTeXText.decode(field.value).split(separator: ",").map {
                NameParts.collapsed(String($0))
            }
            // Mendeley writes the folder above before a `/`.
            let isPath = name == "mendeley-groups"
            draft.collections += groups.filter { !$0.isEmpty }.map { group in
                isPath ? group.split(separator: "/").map { WhiteSpace.trimmed(String($0)) } : [group]
            }
        case "langid", "language", "hyphenation":
            draft.setLanguage(LaTeXText.decode(field.value), keptAs: name)
        case "abstract":
            let text = LaTeXText.decode(field.value, keepsParagraphs: true)
            if draft.has("abstract") { draft.keep(name, text) } else { draft.set("abstract", text) }
        case _ where notes.contains(name):
            draft.notes.append(LaTeXText.decode(field.value, keepsParagraphs: true))
        case "file", "pdf", "localfile", "local-file":
            let (files, others) = BibTeXFiles.read(field.value)
            draft.files += files
            for other in others { draft.keep(name, other) }
        case _ where addresses.contains(name) || name.hasPrefix("bdsk-"):
            draft.keep(name, verbatim(field.value))
        default:
            let decoded = LaTeXText.decode(field.value)
            let text = name == "pages" ? PageRange.plain(decoded) : decoded
            if containers(type).contains(name), draft.text("publisher") == text { return }
            draft.keep(name, text)
        }
    }

    /// `howpublished = {\url{https://…}}` is an address.
    private static func takeHowPublished(_ entry: BibTeXEntry, _ draft: inout ReferenceDraft) {
        guard let value = entry.value("howpublished") else { return }
        let text = verbatim(value)
        if !draft.has("url"), SourceValue.isWebAddress(.string(text)), !text.contains(" ") {
            draft.set("url", text)
        } else if draft.text("url") != text {
            draft.keep("howpublished", LaTeXText.decode(value))
        }
    }

    /// Several addresses with spaces between them, as Mendeley writes them; else the one.
    private static func addresses(_ text: String) -> [String] {
        let parts = text.split(separator: " ").map(String.init)
        let areAddresses = parts.allSatisfy {
            $0.contains("://") && SourceValue.isWebAddress(.string($0))
        }
        return parts.count > 1 && parts.count <= 100 && areAddresses ? parts : [text]
    }

    /// Addresses and numbers, in which LaTeX's signs are escaped by some and not by others.
    static func verbatim(_ value: String) -> String {
        var text = NameParts.collapsed(value)
        if text.hasPrefix("\\url") { text = String(text.dropFirst(4)) }
        for (written, meant) in [
            ("{\\textasciitilde}", "~"), ("\\textasciitilde", "~"), ("{\\~{}}", "~"), ("\\~{}", "~"),
            ("$\\sim$", "~"),
            ("\\_", "_"), ("\\&", "&"), ("\\%", "%"), ("\\#", "#"), ("\\$", "$"), ("\\{", "{"), ("\\}", "}"),
        ] where text.contains("\\") { text = text.replacing(written, with: meant) }
        if text.contains("{") { text = text.filter { $0 != "{" && $0 != "}" } }
        return NameParts.collapsed(text)
    }
}
