internal import QuipuCBOR
internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuNaturalKeys

/// A natural key of a record: what makes two imports of one thing the same thing.
///
/// BLAKE2b-128 of its kind, sort and canonical form, salted with the archive so that ids tell nothing about
/// texts elsewhere. The form is frozen, since ids are derived from it.
struct NaturalKey: Hashable {
    enum Sort: String {
        /// A producer's own id in its scope.
        case source
        case doi
        case url
        /// The normalised text of an article.
        case text
        /// The name of a collection.
        case name
        /// All mapped fields of an item that has no other key.
        case fields
        /// An item without an id of its own that left values behind.
        case mark
    }

    let hash: UInt128

    init(_ sort: Sort, _ canonical: String, kind: String, in archive: ArchiveID) {
        var writer = CBORWriter(capacityBytes: canonical.utf8.count + 64)
        writer.array(count: 5)
        writer.text("quipu natural key 2")
        writer.identifier(archive)
        writer.text(kind)
        writer.text(sort.rawValue)
        writer.text(canonical)
        hash = BLAKE2b.hash16(writer.bytes)
    }

    /// The ids derived from the key, in the order in which they are taken: UUIDv8 (RFC 9562, 5.8).
    /// - Parameter number: from 1 on.
    func recordID(_ number: Int) -> RecordID {
        var writer = CBORWriter(capacityBytes: 64)
        writer.array(count: 3)
        writer.text("quipu record id 1")
        writer.identifier(RecordID(rawValue: hash))
        writer.unsigned(UInt64(number))
        let version: UInt128 = 8 << 76
        let variant: UInt128 = 2 << 62
        let mask: UInt128 = ~(0xf << 76 | 3 << 62)
        return RecordID(rawValue: BLAKE2b.hash16(writer.bytes) & mask | version | variant)
    }

    /// What the index holds.
    var indexKey: Int64 { Int64(truncatingIfNeeded: hash) }
}

/// The fields that hold the keys of an article, strongest first below a producer's own id.
enum KeyedField: String, CaseIterable {
    case doi
    case url
    case body

    /// Shorter texts are notices, captions and stubs, which many articles share.
    static let leastCodePoints = 200

    static func of(kind: String) -> [KeyedField] { kind == "article" ? allCases : [] }

    /// The form under which values are compared; nil when a value is no key.
    func canonical(_ text: String) -> String? {
        switch self {
        case .doi: return CanonicalDOI.canonicalize(text)
        case .url: return CanonicalURL.canonicalize(text)
        case .body:
            if text.utf8.count < Self.leastCodePoints { return nil }
            let normal = NormalisedText.normalise(text)
            let isLong =
                normal.utf8.count >= 4 * Self.leastCodePoints
                || normal.unicodeScalars.count >= Self.leastCodePoints
            return isLong ? normal : nil
        }
    }

    /// The other forms under which an earlier version listed what has the canonical form of this text now.
    func formerForms(_ text: String) -> [String] { self == .url ? CanonicalURL.formerForms(text) : [] }

    /// - Parameter json: a field's canonical JSON.
    func canonical(_ json: [UInt8]) -> String? { decodeString(json).flatMap(canonical) }

    var sort: NaturalKey.Sort {
        switch self {
        case .doi: .doi
        case .url: .url
        case .body: .text
        }
    }
}

/// The keys of one item.
struct ItemKeys {
    var source: NaturalKey?
    /// In the order of their ranks.
    private(set) var natural: [(field: KeyedField, canonical: String, key: NaturalKey)] = []
    /// Under which an earlier version listed the same keys. They lead to records, and no id derives from them.
    private(set) var former: [NaturalKey] = []
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
            if field == .url, let text = decodeString(json) {
                former += field.formerForms(text).map { NaturalKey(.url, $0, kind: kind, in: archive) }
            }
        }
        if item.source?.isCitationKey ?? true, natural.allSatisfy({ $0.field == .body }) {
            fields = Self.key(ofFields: item.fields, kind: kind, in: archive)
        }
    }

    /// All of them, the strongest first.
    var all: [NaturalKey] { [source].compactMap(\.self) + natural.map(\.key) + [fields].compactMap(\.self) }

    /// From which the id of a new record derives: another file may have the same citation key for another work, no other work
    /// has its DOI, and every file has a reference 1.
    func strongest(of item: ImportItem) -> NaturalKey? {
        guard let source = item.source, source.isCitationKey else { return all.first }
        if let doi = natural.first(where: { $0.field == .doi }) { return doi.key }
        return source.isNumbered ? all.dropFirst().first : all.first
    }

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
