import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support

/// Mirrors of an archive, and what people do to articles that are the same.
struct MergedScene {
    static let first = RecordID(rawValue: 11)
    static let second = RecordID(rawValue: 12)
    static let third = RecordID(rawValue: 13)

    let group: Replicas

    init(_ count: Int = 1) throws { group = try Replicas(count) }

    func add(_ id: RecordID, _ fields: [String: String], at mirror: Int = 0) throws {
        group.world.advance(milliseconds: 1_000)
        _ = try group[mirror].edit(
            [
                Edit(
                    id: id, kind: "article",
                    changes: fields.sorted { $0.key < $1.key }.map {
                        .init(field: $0.key, json: canonicalString($0.value))
                    })
            ], author: "hand\(mirror)")
    }

    func set(_ id: RecordID, _ field: String, _ value: String, at mirror: Int = 0) throws {
        try add(id, [field: value], at: mirror)
    }

    @discardableResult
    func write(_ edits: RecordEdit..., at mirror: Int = 0) throws -> EditOutcome {
        group.world.advance(milliseconds: 1_000)
        return try group[mirror].edit(author: "hand\(mirror)") { edits }
    }

    func merge(_ others: RecordID..., into keep: RecordID, at mirror: Int = 0) throws {
        try write(.merge(others, into: keep, kind: "article"), at: mirror)
    }

    func unmerge(_ id: RecordID, at mirror: Int = 0) throws {
        try write(.unmerge(id, kind: "article"), at: mirror)
    }

    func article(_ id: RecordID, at mirror: Int = 0) throws -> Record? {
        try group[mirror].view(id, kind: "article")
    }

    /// Ids of what is listed, in order.
    func listed(at mirror: Int = 0) throws -> [RecordID] {
        var ids: [RecordID] = []
        var filter = RecordFilter()
        filter.kind = "article"
        try group[mirror].forEachRecord(filter) { record in
            ids.append(record.id)
            return true
        }
        return ids.sorted()
    }

    func found(_ query: String, at mirror: Int = 0) throws -> [RecordID] {
        try group[mirror].queries.ids(Query(query)).ids.map(\.id).sorted()
    }

    /// Values in conflict, the shown one first.
    func contest(_ id: RecordID, _ field: String, at mirror: Int = 0) throws -> [String] {
        let conflict = try group[mirror].conflicts(of: id, kind: "article").first { $0.field == field }
        guard let conflict else { return [] }
        return ([conflict.current] + conflict.others).map { $0.json.flatMap { decodeString($0) } ?? "" }
    }

    static func item(_ fields: [String: String], _ source: String? = nil, scope: String = "feed:x")
        -> ImportItem
    {
        ImportItem(
            kind: "article",
            fields: fields.sorted { $0.key < $1.key }.map { ($0.key, canonicalString($0.value)) },
            source: source.map { ItemSource(scope: scope, id: $0) })
    }

    @discardableResult
    func bring(_ items: ImportItem..., at mirror: Int = 0) throws -> [ImportEffect] {
        group.world.advance(milliseconds: 1_000)
        return try group[mirror].importBatch(items, author: "hand\(mirror)")
    }

    /// Reads an item into a record, as an export of an archive does in which it was read there.
    func importInto(_ id: RecordID, _ item: ImportItem, at mirror: Int = 0) throws {
        guard let source = item.source else { return }
        var exported = item
        exported.id = id
        exported.source = nil
        exported.fields.append((source.field, SourceState(of: item, id: source.id).json))
        exported.fields.sort { $0.name < $1.name }
        try bring(exported, at: mirror)
    }
}
