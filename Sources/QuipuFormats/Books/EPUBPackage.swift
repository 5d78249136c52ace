internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// The package file of a book (`.opf`): what it says of the book, and in which order its files are read.
struct EPUBPackage {
    private(set) var title: String?
    /// Names of entries in the order of reading, and whether the package says that they are XHTML.
    private(set) var chapters: [(name: String, isXHTML: Bool)] = []
    /// What the order of reading names, and is no text or nowhere listed.
    private(set) var remarks: [String] = []
    /// As ``FieldNames`` knows them.
    private(set) var members: [JSONMember] = []

    private static let maximumChapters = 20_000
    private static let maximumRemarks = 20

    private let tree: MarkupTree
    private let folder: String
    /// What `<meta refines="#id" property="…">` says of an element with an id.
    private let refinements: [String: [(property: String, value: String)]]

    init(_ tree: MarkupTree, at name: String) {
        self.tree = tree
        folder = name.lastIndex(of: "/").map { String(name[..<$0]) } ?? ""
        var refinements: [String: [(property: String, value: String)]] = [:]
        for meta in tree.document.all("meta") {
            guard let refined = meta.attribute("refines"), refined.hasPrefix("#"),
                let property = meta.attribute("property")
            else { continue }
            refinements[String(refined.dropFirst()), default: []].append(
                (property, WhiteSpace.trimmed(meta.text)))
        }
        self.refinements = refinements
        readSpine()
        readMetadata()
    }

    static func unescaped(_ reference: String) -> String {
        guard reference.contains("%") else { return reference }
        var out: [UInt8] = []
        var rest = Array(reference.utf8)[...]
        while let byte = rest.first {
            rest = rest.dropFirst()
            if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(ASCII.hexadecimalDigit),
                let low = rest.dropFirst().first.flatMap(ASCII.hexadecimalDigit)
            {
                out.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private mutating func readSpine() {
        var files: [String: (name: String, isXHTML: Bool)] = [:]
        var documents: [(name: String, isXHTML: Bool)] = []
        var others: [String: String] = [:]
        for item in tree.document.all("item") {
            guard let id = item.attribute("id"), let reference = item.attribute("href") else { continue }
            let path = Self.unescaped(String(reference.prefix { $0 != "#" }))
            guard let name = EntryName.resolved(path, in: folder) else { continue }
            let type = item.attribute("media-type") ?? ""
            guard type.contains("html") || type.contains("dtbook") || type.contains("oeb1-document") else {
                others[id] = "\(name) is \(type.isEmpty ? "of no media type" : String(type.prefix(64)))"
                continue
            }
            // The table of contents is not read; the book has it in itself.
            let properties = (item.attribute("properties") ?? "").split(separator: " ")
            if properties.contains("nav") {
                others[id] = ""
                continue
            }
            let file = (name: name, isXHTML: type.contains("xhtml"))
            files[id] = file
            documents.append(file)
        }
        var seen: Set<String> = []
        for reference in tree.document.all("itemref").prefix(Self.maximumChapters) {
            guard reference.attribute("linear")?.lowercased() != "no", let id = reference.attribute("idref")
            else { continue }
            if let file = files[id] {
                if seen.insert(file.name).inserted { chapters.append(file) }
            } else if others[id] != "", remarks.count < Self.maximumRemarks {
                remarks.append(
                    others[id].map { $0 + ", no text, and was left out" }
                        ?? "the book's order of reading names \(id.prefix(64)), which its list of files does not"
                )
            }
        }
        // A package without an order: that of its list.
        if chapters.isEmpty { chapters = Array(documents.prefix(Self.maximumChapters)) }
    }

    private mutating func readMetadata() {
        func all(_ name: String) -> [MarkupElement] {
            (tree.document.first("metadata") ?? tree.document).all(name).filter {
                $0.prefix == "dc" || $0.namespace?.hasPrefix("http://purl.org/dc/") == true
            }
        }
        func texts(_ name: String) -> [JSONValue] {
            all(name).compactMap { SingleLine.of($0.text) }.map { .string($0) }
        }
        readTitle(all("title"))
        let authors = all("creator").filter { ["aut", "author"].contains(role($0) ?? "aut") }
        let names = (authors.isEmpty ? all("creator") : authors).compactMap { SingleLine.of($0.text) }
        add("author", names.map { .string($0) })
        let others =
            all("creator").filter { !["aut", "author"].contains(role($0) ?? "aut") } + all("contributor")
        add(
            "x-contributor",
            authors.isEmpty ? [] : others.compactMap { SingleLine.of($0.text) }.map { .string($0) })
        let dates = all("date")
        let published = dates.first {
            ["publication", "original-publication"].contains($0.attribute("event") ?? "")
        }
        let plain = dates.first { $0.attribute("event") == nil }
        if let date = (published ?? plain).flatMap({ SingleLine.of($0.text) }) {
            add("date", [.string(date)])
        }
        add("language", Array(texts("language").prefix(1)))
        add("publisher", Array(texts("publisher").prefix(1)))
        add("tags", texts("subject"))
        if let description = all("description").first {
            let text = ReadingText.fromHTML(description.text, base: nil)
            if !SourceValue.isBlank(text) { add("abstract", [.string(WhiteSpace.trimmed(text))]) }
        }
        readIdentifiers(all("identifier"))
        for name in ["rights", "source", "coverage", "relation", "type"] { add("x-" + name, texts(name)) }
        for meta in tree.document.all("meta") {
            if meta.attribute("property") == "dcterms:modified", meta.attribute("refines") == nil {
                add("modified", SingleLine.of(meta.text).map { [.string($0)] } ?? [])
            }
            for (name, own) in [("calibre:series", "x-series"), ("calibre:series_index", "x-series-index")]
            where meta.attribute("name") == name {
                add(own, meta.attribute("content").map { [.string($0)] } ?? [])
            }
        }
    }

    /// The main title, and what stands below it.
    private mutating func readTitle(_ titles: [MarkupElement]) {
        func kind(_ element: MarkupElement) -> String? { refined(element, "title-type") }
        let main = titles.first { kind($0) == "main" } ?? titles.first
        guard let main, let text = SingleLine.of(main.text) else { return }
        let subtitle = titles.first { kind($0) == "subtitle" }.flatMap { SingleLine.of($0.text) }
        title = text
        add("title", [.string(subtitle.map { "\(text): \($0)" } ?? text)])
    }

    private mutating func readIdentifiers(_ identifiers: [MarkupElement]) {
        let unique = tree.document.first("package")?.attribute("unique-identifier")
        let own = identifiers.first { $0.attribute("id") == unique && unique != nil } ?? identifiers.first
        if let own, let text = SingleLine.of(own.text), text.utf8.count <= 512 {
            add(Self.identifies(text) ? "id" : "x-identifier", [.string(text)])
        }
        for identifier in identifiers {
            guard let text = SingleLine.of(identifier.text) else { continue }
            let scheme = (identifier.attribute("scheme") ?? refined(identifier, "identifier-type") ?? "")
                .lowercased()
            let isDOI = scheme == "doi" || text.lowercased().hasPrefix("doi:") || text.contains("doi.org/10.")
            if isDOI, SourceAddress.doi(text) != nil, !members.contains(where: { $0.name == "doi" }) {
                add("doi", [.string(text)])
            } else if identifier != own {
                let name = scheme.isEmpty || scheme.utf8.count > 40 ? "x-identifier" : "x-" + scheme
                if !members.contains(where: { $0.name == name }) { add(name, [.string(text)]) }
            }
        }
    }

    /// Whether it can be the name of one book only. Some write "none", "unknown", "0" or "BookId".
    private static func identifies(_ identifier: String) -> Bool {
        if identifier.contains("://") { return true }
        let name = identifier.utf8.split(separator: UInt8(ascii: ":")).last.map(Array.init) ?? []
        let letters = name.filter { ASCII.isAlphanumeric($0) || $0 >= 0x80 }
        // A number that nobody gave: 0000.
        let isOneLetter = letters.allSatisfy { $0 == letters.first }
        return letters.count >= 3 && !isOneLetter && letters.contains(where: ASCII.isDigit)
    }

    private func role(_ element: MarkupElement) -> String? {
        (element.attribute("role") ?? refined(element, "role"))?.lowercased()
    }

    private func refined(_ element: MarkupElement, _ property: String) -> String? {
        element.attribute("id").flatMap { refinements[$0] }?.first { $0.property == property }?.value
    }

    private mutating func add(_ name: String, _ values: [JSONValue]) {
        if values.isEmpty { return }
        members.append(JSONMember(name: name, value: values.count == 1 ? values[0] : .array(values)))
    }
}
