internal import QuipuNaturalKeys

extension FormatEntry {
    static let zotero = FormatEntry(
        .zotero, name: "a Zotero export", fields: ZoteroMapping.fields,
        isRecognised: { ZoteroFormat.layout(of: $0.content) != nil },
        open: { (source, _) throws(InterchangeError) in
            let raw = try source.peek(SourceLimits.recognitionBytes)
            let content = ByteOrderMark.text(of: raw).drop(while: ForeignFormat.isSpace)
            switch ZoteroFormat.layout(of: content) {
            case .rdf: return try ZoteroRDFReader(source)
            case .json(let layout):
                let mark = try ByteOrderMark.pass(source)
                return ZoteroJSONReader(source, layout: layout, byteOffset: mark.bytes)
            case nil:
                throw InterchangeError(
                    code: .wrongFormat, operation: "import", path: source.name,
                    message: "it is neither Zotero's JSON nor its RDF",
                    hint: "Export from Zotero as CSL JSON, Zotero RDF or Better BibTeX JSON; of CSL JSON the format is csl.")
            }
        })
}

enum ZoteroFormat {
    enum Kind {
        case json(ZoteroJSONReader.Layout)
        case rdf
    }

    static func layout(of content: ArraySlice<UInt8>) -> Kind? {
        switch content.first {
        case UInt8(ascii: "<"):
            guard let root = MarkupRoot(content), root.name == "rdf:rdf" else { return nil }
            return root.text.contains("zotero.org/namespaces/export") ? .rdf : nil
        case UInt8(ascii: "["):
            let inner = content.dropFirst().drop(while: ForeignFormat.isSpace)
            return inner.first == UInt8(ascii: "{") && isItem(inner) ? .json(.array) : nil
        case UInt8(ascii: "{"):
            let outline = JSONOutline(content)
            let names = Set(outline.members.map(\.name))
            // Better BibTeX writes how it was set before what it exports.
            if names.contains("config"), let shape = outline.members.first(where: { $0.name == "config" })?.shape,
                case .object(let config) = shape,
                config.contains(where: { member in
                    if case .text(let text) = member.shape { member.name == "label" && text.contains("BibTeX") } else { false }
                })
            {
                return .json(.object)
            }
            return names.contains("items") && hasItems(content) ? .json(.object) : nil
        default: return nil
        }
    }

    private static func isItem(_ object: ArraySlice<UInt8>) -> Bool {
        let outline = JSONOutline(object)
        if outline.text("itemType") != nil { return true }
        guard outline.text("key") != nil,
            case .object(let data)? = outline.members.first(where: { $0.name == "data" })?.shape
        else { return false }
        return data.contains { $0.name == "itemType" }
    }

    /// Whether the first object of the array `items` is an item of Zotero.
    private static func hasItems(_ content: ArraySlice<UInt8>) -> Bool {
        let mark = Array("\"items\"".utf8)
        var rest = content
        var looks = 0
        while looks < 4, let quote = rest.firstIndex(of: mark[0]) {
            rest = rest[quote...]
            if rest.starts(with: mark) {
                let value = rest.dropFirst(mark.count).drop { ForeignFormat.isSpace($0) || $0 == UInt8(ascii: ":") }
                let object = value.dropFirst().drop(while: ForeignFormat.isSpace)
                looks += 1
                if value.first == UInt8(ascii: "["), object.first == UInt8(ascii: "{") { return isItem(object) }
            }
            rest = rest.dropFirst()
        }
        return false
    }
}
