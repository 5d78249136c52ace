internal import QuipuCanonicalJSON
internal import QuipuCausality

/// The keys of one item.
struct ItemKeys {
    var source: NaturalKey?
    /// In the order of their ranks.
    private(set) var natural: [(field: KeyedField, canonical: String, key: NaturalKey)] = []
    /// Of an item that has none of the others, or only its text, which many may share.
    private(set) var fields: NaturalKey?

    init(of item: ImportItem, in archive: ArchiveID) {
        let kind = item.kind
        source = item.source.map { Self.key(of: $0, kind: kind, in: archive) }
        for field in KeyedField.of(kind: kind) {
            guard let json = item.fields.first(where: { $0.name == field.rawValue })?.json,
                let canonical = field.canonical(json)
            else { continue }
            natural.append(
                (field, canonical, NaturalKey(field.sort, canonical, kind: kind, in: archive)))
        }
        if source == nil, natural.allSatisfy({ $0.field == .body }) {
            fields = Self.key(ofFields: item.fields, kind: kind, in: archive)
        }
    }

    /// All of them, the strongest first.
    var all: [NaturalKey] { [source].compactMap(\.self) + natural.map(\.key) + [fields].compactMap(\.self) }

    func canonical(_ field: KeyedField) -> String? { natural.first { $0.field == field }?.canonical }

    static func key(of source: ItemSource, kind: String, in archive: ArchiveID) -> NaturalKey {
        NaturalKey(.source, "\(source.scope)\n\(source.id)", kind: kind, in: archive)
    }

    /// The key of what has no other: all that a source gave. Where it was put, and what was made up, is not part of it.
    static func key(
        ofFields fields: [(name: String, json: [UInt8])], kind: String, in archive: ArchiveID
    ) -> NaturalKey {
        let isTitleDerived = fields.contains { $0.name == "derived/title" && $0.json == JSONLiteral.true }
        var digest = ""
        for field in fields.sorted(by: { $0.name.utf8Precedes($1.name) }) {
            if !isGiven(field.name) || field.name == "title" && isTitleDerived { continue }
            digest += "\(field.name)\n\(ValueHash(of: field.json).hexadecimal)\n"
        }
        return NaturalKey(.fields, digest, kind: kind, in: archive)
    }

    /// Whether a field is what the source gave, and not what the program noted about it.
    static func isGiven(_ field: String) -> Bool {
        !(field.hasPrefix("collections/") || field.hasPrefix("derived/") || SourceMemory.isMemory(field))
    }
}
