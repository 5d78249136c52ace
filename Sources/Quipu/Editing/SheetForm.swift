internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuFormats
internal import QuipuInterchange
internal import QuipuStorage

/// Which fields of a kind a sheet shows, and how.
struct SheetForm: Sendable {
    private static let tags = "tags"
    private static let collections = "collections"
    private static let collection = RecordKind.collection.rawValue

    /// The field that stands below the others; nil where there is none.
    let prose: String?
    /// In their order; sets are among them.
    private let shown: [String]
    private let texts: Set<String>

    init(_ kind: RecordKind) {
        let fields = Kinds.known[kind.rawValue]?.fields ?? []
        let names = Set(fields.map(\.name))
        prose = ["body", "text", "description"].first(where: names.contains)
        let prose = prose
        shown = fields.filter { field in
            switch field.type {
            case .object, .number: false
            case .set: field.name == Self.tags || field.name == Self.collections
            default: field.name != "deleted" && field.name != prose && field.name != "sha256"
            }
        }.map(\.name)
        texts = Set(
            fields.filter { $0.type != .boolean && $0.type != .object && $0.type != .number }.map(\.name))
    }

    var isTextName: @Sendable (String) -> Bool { { [texts] in texts.contains($0) } }

    func members(of record: Record, in snapshot: borrowing Snapshot) throws(QuipuError) -> [EditableText
        .Member]
    {
        var members: [EditableText.Member] = []
        for name in shown {
            let json: [UInt8]
            switch name {
            case Self.tags: json = Self.list(record.tags)
            case Self.collections:
                json = Self.list(
                    try record.fields.elements(of: Self.collections).map { id throws(QuipuError) in
                        try Self.title(ofCollection: id, in: snapshot)
                    })
            default: json = record.fields.json(of: name) ?? JSONLiteral.null
            }
            members.append(EditableText.Member(name: name, json: json))
        }
        // Of a kind that only a later version knows, all that is no element of a set.
        let isKnown = Kinds.known[record.kind.rawValue] != nil
        for (name, json) in record.fields.all where json != JSONLiteral.null {
            let isOwn = name.hasPrefix(KindSchema.ownFieldPrefix)
            if isOwn || !isKnown && !name.utf8.contains(UInt8(ascii: "/")) {
                members.append(EditableText.Member(name: name, json: json))
            }
        }
        return members
    }

    /// The ids of a record's collections by what its text calls them.
    func collections(of record: Record, in snapshot: borrowing Snapshot) throws(QuipuError) -> [String:
        String]
    {
        var ids: [String: String] = [:]
        for id in record.fields.elements(of: Self.collections) {
            ids[try Self.title(ofCollection: id, in: snapshot).nfc] = id
        }
        return ids
    }

    /// A collection's name; its handle where it has none, or another has the same.
    private static func title(
        ofCollection id: String, in snapshot: borrowing Snapshot
    ) throws(QuipuError) -> String {
        let name = try snapshot.collectionName(id)
        guard let id = QuipuCausality.RecordID(text: id) else { return id }
        return try QuipuError.presenting {
            // Those that are not deleted come first.
            let named = try snapshot.store.collections.ids(named: name)
            if named.first == id, named.count == 1 { return name }
            let others = try named.contains {
                try $0 != id && snapshot.store.view($0, kind: Self.collection)?.isDeleted == false
            }
            return named.first != id || others ? id.shortHandle : name
        }
    }

    private static func list(_ texts: [String]) -> [UInt8] {
        texts.isEmpty ? JSONLiteral.null : JSONValue.array(texts.map { .string($0) }).canonicalBytes()
    }

    /// The fields that a change of a member gives new values.
    ///
    /// - Parameter collections: the ids of those that the record is in, by what its text calls them. A name alone may by
    ///   now be that of another.
    func fields(
        _ name: String, from old: [UInt8], to new: [UInt8], _ collections: [String: String]
    ) -> [(name: String, value: TypedValue)] {
        guard name == Self.tags || name == Self.collections, let elements = Self.elements(new) else {
            let value = decodeString(new).map { TypedValue.word($0) } ?? .json(new)
            return [(name, value)]
        }
        let before = Self.elements(old) ?? []
        let removed = before.filter { !elements.contains($0) }.map { text in
            (name == Self.collections ? collections[text] ?? text : text)
        }.map { ("\(name)/\($0)", "false") }
        let added = elements.filter { !before.contains($0) }.map { ("\(name)/\($0)", "true") }
        return (removed + added).map { ($0.0, TypedValue.word($0.1)) }
    }

    /// A list, or names with commas between; nil for what is neither.
    private static func elements(_ json: [UInt8]) -> [String]? {
        if json == JSONLiteral.null { return [] }
        var names: [String]
        if let text = decodeString(json) {
            names = text.split(separator: ",").map(String.init)
        } else {
            guard let elements = (try? JSONParser().parse(json))?.array else { return nil }
            names = elements.compactMap(\.string)
            guard names.count == elements.count else { return nil }
        }
        names = names.map { trimmed($0.nfc) }.filter { !$0.isEmpty }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
