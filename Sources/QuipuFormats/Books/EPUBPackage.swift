internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// The package file of a book (`.opf`): what it says of the book, and in which order its files are read.
struct EPUBPackage {
    private(set) var title: String?
    /// Names of entries in the order of reading.
    private(set) var chapters: [String] = []
    /// As ``FieldNames`` knows them.
    private(set) var members: [JSONMember] = []

    private static let maximumChapters = 20_000

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
        var files: [String: String] = [:]
        var documents: [String] = []
        for item in tree.document.all("item") {
            guard let id = item.attribute("id"), let reference = item.attribute("href") else { continue }
            let path = Self.unescaped(String(reference.prefix { $0 != "#" }))
            guard let name = EntryName.resolved(path, in: folder) else { continue }
            let type = item.attribute("media-type") ?? ""
            guard type.contains("html") || type.contains("dtbook") || type.contains("oeb1-document") else {
                continue
            }
            // The table of contents is not read; the book has it in itself.
            let properties = (item.attribute("properties") ?? "").split(separator: " ")
            if properties.contains("nav") { continue }
            files[id] = name
            documents.append(name)
        }
        var seen: Set<String> = []
        for reference in tree.document.all("itemref").prefix(Self.maximumChapters) {
            guard reference.attribute("linear")?.lowercased() != "no", let id = reference.attribute("idref"),
                let name = files[id], seen.insert(name).inserted
            else { continue }
            chapters.append(name)
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
        if let own, let text = SingleLine.of(own.text), text.utf8.count <= 512 { add("id", [.string(text)]) }
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
