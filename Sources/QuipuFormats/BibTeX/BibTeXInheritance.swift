/// What entries take over from others: `crossref` and `xdata`.
///
/// The other entry may stand before or behind. Entries that others can name are remembered, and entries that name one
/// that did not come yet wait for it; both within bounds.
struct BibTeXInheritance {
    /// Of what is remembered, and of what waits.
    private static let maximumBytes = 32 << 20
    /// What belongs to an entry itself.
    private static let own: Set<String> = [
        "crossref", "xref", "xdata", "ids", "keywords", "keyword", "abstract", "annote", "annotation", "file", "doi", "url",
        "urldate", "note", "timestamp", "owner", "groups", "shorttitle", "sorttitle", "pages", "eprint", "label",
        "options", "related", "relatedtype", "shorthand", "sortkey", "entryset", "language", "langid", "comment",
    ]
    /// Entries that are about a part have their own authors and titles.
    private static let titles = ["title", "subtitle", "titleaddon"]

    private static let types: Set<String> = [
        "book", "mvbook", "collection", "mvcollection", "proceedings", "mvproceedings", "reference", "mvreference",
        "periodical", "xdata", "conference", "booklet", "misc", "incollection", "inproceedings", "inbook", "report",
    ]

    private var known: [String: BibTeXEntry] = [:]
    private var waiting: [BibTeXEntry] = []
    private var bytes = 0

    /// - Returns: the entries that are complete now, in the order of the file as far as that is known.
    mutating func take(_ entry: BibTeXEntry) -> [BibTeXEntry] {
        let names = Self.names(in: entry)
        let isLight = remember(entry)
        var complete: [BibTeXEntry] = []
        if names.isEmpty {
            if entry.type != "xdata" { complete.append(entry) }
        } else if names.allSatisfy({ known[$0] != nil }) {
            if entry.type != "xdata" { complete.append(resolved(entry)) }
        } else if isLight {
            bytes += Self.size(entry)
            waiting.append(entry)
        } else {
            complete.append(unresolved(entry, names))
        }
        return complete
    }

    /// What waited for entries that never came, or came later.
    mutating func finish() -> [BibTeXEntry] {
        defer { waiting = [] }
        return waiting.compactMap { entry in
            if entry.type == "xdata" { return nil }
            let missing = Self.names(in: entry).filter { known[$0] == nil }
            return missing.isEmpty ? resolved(entry) : unresolved(resolved(entry), missing)
        }
    }

    private func unresolved(_ entry: BibTeXEntry, _ names: [String]) -> BibTeXEntry {
        var entry = entry
        entry.remarks.append("it takes over fields from the entry `\(names.joined(separator: "`, `"))`, which is not in the file")
        return entry
    }

    private static func size(_ entry: BibTeXEntry) -> Int {
        entry.fields.reduce(64 + entry.key.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 48 }
    }

    /// - Returns: whether there is room for more.
    private mutating func remember(_ entry: BibTeXEntry) -> Bool {
        guard bytes < Self.maximumBytes else { return false }
        guard Self.types.contains(entry.type), !entry.key.isEmpty else { return true }
        var light = entry
        light.fields.removeAll { Self.own.contains($0.name) && $0.name != "crossref" && $0.name != "xdata" }
        // What is taken over by many must be small.
        guard light.fields.count <= 256, Self.size(light) <= 64 << 10 else { return true }
        bytes += Self.size(light)
        known[entry.key.lowercased()] = light
        return true
    }

    /// In small letters.
    private static func names(in entry: BibTeXEntry) -> [String] {
        let xdata = entry.value("xdata").map { $0.split(separator: ",").map { NameParts.collapsed(String($0)) } } ?? []
        return (xdata + [entry.value("crossref")].compactMap(\.self)).map { NameParts.collapsed($0).lowercased() }
            .filter { !$0.isEmpty }
    }

    /// Through several generations, each once.
    private func resolved(_ entry: BibTeXEntry) -> BibTeXEntry {
        var entry = entry
        var names = Self.names(in: entry)
        var seen: Set<String> = [entry.key.lowercased()]
        while let name = names.first, seen.count < 32 {
            names.removeFirst()
            guard seen.insert(name).inserted, let other = known[name] else { continue }
            inherit(from: other, to: &entry)
            names += Self.names(in: other)
        }
        return entry
    }

    private func inherit(from other: BibTeXEntry, to entry: inout BibTeXEntry) {
        let isPart = ["inbook", "incollection", "inproceedings", "inreference", "article", "suppbook", "suppcollection", "bookinbook", "conference"]
            .contains(entry.type) && other.type != "xdata"
        for field in other.fields where !Self.own.contains(field.name) {
            var name = field.name
            if isPart, Self.titles.contains(name) {
                name = entry.type == "article" ? "journal" + name : "book" + name
            } else if isPart, name == "author" {
                name = entry.type == "inbook" ? "bookauthor" : ""
                if entry.value("author") == nil, entry.type == "inbook" { entry.fields.append(("author", field.value)) }
            }
            if !name.isEmpty, entry.value(name) == nil { entry.fields.append((name, field.value)) }
        }
    }
}
