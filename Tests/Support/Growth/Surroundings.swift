import QuipuCanonicalJSON
import QuipuCausality
public import QuipuStorage

/// What an archive has more of, while the same is done with one record.
public enum Surroundings: String, CaseIterable, Sendable {
    case records, versions, conflicts, tags, origins, annotations, remotes

    /// Ids of records that are made here, which are none that a test takes for its own.
    private static let firstID: UInt128 = 1_000
    private static let annotatedID: UInt128 = 900
    private static let editedID: UInt128 = 901

    /// Adds so many of them.
    /// - Parameters:
    ///   - mirror: of the same archive, which writes the other side of conflicts.
    ///   - sync: exchanges everything between the two.
    public func fill(
        _ store: Store, beside mirror: Store, world: FakeWorld, count: Int, sync: () throws -> Void
    ) throws {
        let others = (0..<UInt128(count)).map { Self.firstID + $0 }
        switch self {
        case .records:
            let items = others.map { number in
                ImportItem(
                    kind: "article",
                    fields: [
                        ("title", canonicalString("Article \(number)")),
                        ("url", canonicalString("https://example.org/\(number)")),
                    ])
            }
            _ = try store.importBatch(items, author: "ana")
        case .versions:
            for number in others {
                world.advance(milliseconds: 1)
                try Self.edit([Self.editedID], "title", "State \(number)", at: store)
            }
        case .conflicts:
            try Self.edit(others, "title", "A", at: store)
            try sync()
            try Self.edit(others, "title", "B", at: store)
            try Self.edit(others, "title", "C", at: mirror)
            try sync()
        case .tags:
            let edits = others.map {
                Edit(
                    id: RecordID(rawValue: $0), kind: "article",
                    changes: [.init(field: "tags/t\($0)", json: Array("true".utf8))])
            }
            _ = try store.edit(edits, author: "ana")
        case .origins: _ = try store.apply(others.map { Self.note(from: $0) })
        case .annotations:
            let target = RecordID(rawValue: Self.annotatedID)
            try Self.edit([Self.annotatedID], "title", "Earth", at: store)
            let edits = others.map {
                Edit(
                    id: RecordID(rawValue: $0), kind: "annotation",
                    changes: [
                        .init(field: "target", json: canonicalString(target.text)),
                        .init(field: "text", json: canonicalString("note")),
                    ])
            }
            _ = try store.edit(edits, author: "ana")
        case .remotes:
            for number in others { try store.remotes.add(name: "r\(number)", location: "/r/\(number)") }
        }
    }

    private static func edit(_ ids: [UInt128], _ field: String, _ text: String, at store: Store) throws {
        let edits = ids.map {
            Edit(
                id: RecordID(rawValue: $0), kind: "article",
                changes: [.init(field: field, json: canonicalString(text))])
        }
        _ = try store.edit(edits, author: "ana")
    }

    /// The only transaction of somebody.
    private static func note(from number: UInt128) -> Transaction {
        Transaction(
            name: TransactionName(origin: Origin(rawValue: number << 64 | number), sequence: 1),
            stamp: Stamp(milliseconds: FakeWorld.startMilliseconds), author: "eve", isByProgram: false,
            records: [
                RecordChanges(
                    id: RecordID(rawValue: number), kind: "note",
                    fields: [FieldChange(field: "text", value: .text(canonicalString("x")))])
            ])
    }
}
