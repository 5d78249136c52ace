internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuFormats
internal import QuipuNaturalKeys
internal import QuipuStorage

/// Items of our own exports that are not lossless, such as web annotations and tables: each carries the id of the record that it
/// was written from. Where the archive holds that record, the item is no other one.
struct OwnRecords {
    private let store: Store

    init(_ store: Store) { self.store = store }

    /// The item as a state of the record that it was written from, with what differs from that; as it is where there is none.
    func matched(_ item: ImportItem) throws -> ImportItem {
        guard item.id == nil, let source = item.source, source.scope == SourceItem.ownProducer,
            let id = RecordID(text: source.id), let record = try store.records.stored(id, kind: item.kind)
        else { return item }
        let hasDerivedTitle = item.fields.contains { $0.name == "derived/title" }
        let fields = item.fields.filter { field in
            // What the format has no place for came under these names, or not at all.
            if field.name.hasPrefix("x-") || field.name.hasPrefix("derived/") || field.name == "target" {
                return false
            }
            return !(hasDerivedTitle && field.name == "title") && !Self.isShown(field, in: record)
        }
        return ImportItem(
            id: id, kind: item.kind, fields: fields, source: nil, modified: nil)
    }

    private static func isShown(_ field: (name: String, json: [UInt8]), in record: Record) -> Bool {
        guard let shown = record[field.name] else { return false }
        if shown == field.json { return true }
        switch field.name {
        case "doi":
            guard let doi = decodeString(shown).flatMap(CanonicalDOI.canonicalize) else { return false }
            return doi == decodeString(field.json).flatMap(CanonicalDOI.canonicalize)
        case "quote":
            // Formats differ in what they tell of the words around.
            let exact = (try? JSONParser().parse(shown))?["exact"]
            return exact != nil && exact == (try? JSONParser().parse(field.json))?["exact"]
        case "text":
            // A format without titles of notes has them before the text.
            let parts = [record["title"], shown].compactMap { $0.flatMap { decodeString($0) } }
            return decodeString(field.json) == parts.joined(separator: "\n\n")
        default: return false
        }
    }
}
