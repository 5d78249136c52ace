internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Tables of programs that are known by the names of their columns, and say more than those names do: Zotero's, Scopus's and
/// Raindrop's.
enum KnownTable: CaseIterable {
    case zotero, scopus, raindrop

    /// Columns that all exports of the kind have, in their short form.
    private var columns: Set<String> {
        switch self {
        case .zotero: ["key", "itemtype", "title", "author", "manualtags", "automatictags"]
        case .scopus: ["authors", "title", "sourcetitle", "eid"]
        case .raindrop: ["title", "url", "folder", "excerpt", "created", "cover", "highlights"]
        }
    }

    init?(columns: [String]) {
        let names = Set(columns.filter { $0.utf8.count <= 120 }.map { FieldNames.short($0) })
        guard let found = Self.allCases.first(where: { $0.columns.isSubset(of: names) }) else { return nil }
        self = found
    }

    func draft(of cells: [(name: String, cell: String)]) -> ReferenceDraft {
        var draft = ReferenceDraft()
        let authors = self == .scopus ? scopusAuthors(cells) : nil
        for (name, cell) in cells {
            let short = FieldNames.short(name)
            let isTaken =
                switch self {
                case .zotero: takeZotero(short, name, cell, &draft)
                case .scopus: takeScopus(short, cell, authors, &draft)
                case .raindrop: takeRaindrop(short, cell, &draft)
                }
            if !isTaken { draft.keep(name.hasPrefix("x-") ? String(name.dropFirst(2)) : name, cell) }
        }
        if self == .zotero { takePlaces(cells, &draft) }
        return draft
    }

    /// - Returns: false for what is kept under the column's name.
    private func takeZotero(
        _ column: String, _ name: String, _ cell: String, _ draft: inout ReferenceDraft
    ) -> Bool {
        switch column {
        case "key":
            guard ZoteroAddress.isKey(cell) else { return false }
            (draft.foreignID, draft.producer) = (cell, "zotero")
        case "title": draft.setTitle(cell, keptAs: name)
        case "author":
            let names = Self.list(cell).map { NameParts(inverted: $0) }
            draft.setAuthors(names, keptAs: name, .string(cell))
        case "date":
            if let date = LooseDate.read(cell) {
                draft.set("date", date.date)
                return date.isWhole
            }
            return false
        case "publicationyear", "publicationtitle", "publisher": break
        case "url":
            guard SourceValue.isWebAddress(.string(cell)) else { return false }
            draft.set("url", cell)
        case "doi":
            guard CanonicalDOI.canonicalize(cell) != nil else { return false }
            draft.set("doi", cell)
        case "abstractnote": draft.set("abstract", InlineMarkup.stripped(cell))
        case "language": draft.setLanguage(cell, keptAs: name)
        case "manualtags", "automatictags": draft.tags += Self.list(cell)
        case "notes": draft.notes += Self.notes(cell)
        case "fileattachments":
            for path in Self.list(cell) {
                if let file = AttachedFile(path) { draft.files.append(file) } else { draft.keep(name, path) }
            }
        case "datemodified":
            draft.modified = cell
            return false
        default: return false
        }
        return true
    }

    /// Where it was published, and when, as far as it is not told better.
    private func takePlaces(_ cells: [(name: String, cell: String)], _ draft: inout ReferenceDraft) {
        for column in ["publicationtitle", "publisher", "publicationyear"] {
            guard let (name, cell) = cells.first(where: { FieldNames.short($0.name) == column }) else {
                continue
            }
            let field = column == "publicationyear" ? "date" : "publisher"
            if !draft.has(field), field == "publisher" || LooseDate.read(cell) != nil {
                draft.set(field, cell)
            } else if draft.text(field)?.hasPrefix(cell) != true {
                draft.keep(name, cell)
            }
        }
    }

    private func takeScopus(
        _ column: String, _ cell: String, _ authors: [NameParts]?, _ draft: inout ReferenceDraft
    ) -> Bool {
        switch column {
        case "authors":
            let names = authors ?? Self.list(cell).map { NameParts(inverted: $0) }
            draft.setAuthors(names, keptAs: "Authors", .string(cell))
            return authors == nil
        case "title": draft.setTitle(cell, keptAs: "Title")
        case "year":
            guard LooseDate.read(cell) != nil else { return false }
            draft.set("date", cell)
        case "sourcetitle": draft.set("publisher", cell)
        case "doi":
            guard CanonicalDOI.canonicalize(cell) != nil else { return false }
            draft.set("doi", cell)
        case "link":
            guard SourceValue.isWebAddress(.string(cell)) else { return false }
            draft.set("url", cell)
        // What it says where there is none.
        case "abstract" where cell != "[No abstract available]":
            draft.set("abstract", InlineMarkup.stripped(cell))
        case "authorkeywords": draft.tags += Self.list(cell)
        case "languageoforiginaldocument": draft.setLanguage(cell, keptAs: "Language of Original Document")
        case "eid": (draft.foreignID, draft.producer) = (cell, "scopus")
        default: return false
        }
        return true
    }

    /// `Berg, Jan (123); Müller, Karl (456)`, where it has as many as `Berg J.; Müller K.`
    private func scopusAuthors(_ cells: [(name: String, cell: String)]) -> [NameParts]? {
        func column(_ short: String) -> [String]? {
            cells.first { FieldNames.short($0.name) == short }.map { Self.list($0.cell) }
        }
        guard let full = column("authorfullnames"), full.count == column("authors")?.count else { return nil }
        return full.map { name in
            let bare =
                name.hasSuffix(")") ? name.split(separator: " (").dropLast().joined(separator: " (") : name
            return NameParts(inverted: bare.isEmpty ? name : bare)
        }
    }

    private func takeRaindrop(_ column: String, _ cell: String, _ draft: inout ReferenceDraft) -> Bool {
        switch column {
        case "id": (draft.foreignID, draft.producer) = (cell, "raindrop")
        case "title": draft.setTitle(cell, keptAs: "title")
        case "url":
            guard SourceValue.isWebAddress(.string(cell)) else { return false }
            draft.set("url", cell)
        case "excerpt": draft.set("abstract", cell)
        case "note": draft.notes.append(cell)
        case "folder":
            // Where it puts what is in no collection.
            guard cell != "Unsorted" else { return false }
            draft.collections.append(
                cell.split(separator: " / ").map { WhiteSpace.trimmed(String($0)) }.filter { !$0.isEmpty })
        case "tags": draft.tags += cell.split(separator: ",").map { WhiteSpace.trimmed(String($0)) }
        case "created": draft.setDate(.string(cell), keptAs: "created")
        case "highlights": draft.highlights += Self.highlights(cell)
        default: return false
        }
        return true
    }

    /// `Highlight:…`, `Color:…` and `Note:…`, each from a line's beginning.
    private static func highlights(_ cell: String) -> [ReferenceDraft.Highlight] {
        var found: [ReferenceDraft.Highlight] = []
        var isNote = false
        for line in cell.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("Highlight:") {
                found.append(ReferenceDraft.Highlight(quote: String(line.dropFirst("Highlight:".count))))
                isNote = false
            } else if found.isEmpty {
                continue
            } else if line.hasPrefix("Color:") {
                found[found.count - 1].color = WhiteSpace.trimmed(String(line.dropFirst("Color:".count)))
            } else if line.hasPrefix("Note:") {
                found[found.count - 1].note = String(line.dropFirst("Note:".count))
                isNote = true
            } else if isNote {
                found[found.count - 1].note += "\n" + line
            } else if found[found.count - 1].color.isEmpty {
                found[found.count - 1].quote += "\n" + line
            }
        }
        return found.prefix(10_000).map {
            ReferenceDraft.Highlight(
                quote: WhiteSpace.trimmed($0.quote), note: WhiteSpace.trimmed($0.note), color: $0.color)
        }
    }

    /// Notes are HTML; what parts them may stand in them too.
    private static func notes(_ cell: String) -> [String] {
        cell.replacing(">; <", with: ">\u{1E}<").split(separator: "\u{1E}").map(String.init)
    }

    /// `a; b`.
    static func list(_ cell: String) -> [String] {
        cell.split(separator: ";").map { WhiteSpace.trimmed(String($0)) }.filter { !$0.isEmpty }
    }
}
