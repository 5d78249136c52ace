import NaiveModel
import QuipuCausality
import QuipuStorage
import Support

/// Does on a real store, through its public functions, what a step of a small world says.
struct Performer {
    let store: Store
    let seat: Int
    /// How often this one has written before: its values are told apart by it.
    let count: Int
    let before: StoreReading
    let model: NaiveArchive

    static let article = RecordID(rawValue: 7)
    static let other = RecordID(rawValue: 8)
    static let collection = RecordID(rawValue: 9)
    static let kind = "article"
    static let body = NaivePlace(article, kind, "body")

    private var author: String { Seats.authors[seat] }
    private var value: String { "\"\(author) \(count)\"" }

    /// The body that is shown, with this one's word changed: each has a word of its own, so bodies can be merged.
    private var ownBody: String {
        get throws {
            let shown = try store.view(Self.article, kind: Self.kind)?.string("body")
            var words = (shown ?? Self.edition("U")).split(separator: " ").map(String.init)
            words[2 * seat] = "\(author)\(count)"
            return "\"\(words.joined(separator: " "))\""
        }
    }

    static func edition(_ name: String) -> String { "\(name)0 the \(name)1 river \(name)2 rose" }

    private static let mayRefuse: Set<StorageError.Code> = [
        .deleted, .notDeleted, .purged, .inConflict, .wrongType, .notMerged, .unknownRecord,
    ]

    /// - Returns: false when it changed nothing.
    func perform(_ step: Step) throws -> Bool {
        do {
            return try run(step)
        } catch let error as StorageError where Self.mayRefuse.contains(error.code) {
            return false
        }
    }

    private func run(_ step: Step) throws -> Bool {
        switch step {
        case .set: try edit(("body", ownBody))
        case .setTwo: try edit(("body", ownBody), ("title", value))
        case .tag: try edit(("tags/river", "true"))
        case .untag: try untag()
        case .annotate: try annotate()
        case .importing(_, let edition): try importing(edition)
        case .delete: try store.delete(Self.article, kind: Self.kind, author: author) != nil
        case .restore: try restore()
        case .purge: try store.purge(Self.article, kind: Self.kind, author: author).version != nil
        case .resolve(_, let choice): try resolve(choice)
        case .mergeByHand: try model.contestedFields.contains(Self.body) ? edit(("body", ownBody)) : false
        case .merge: try !store.merging.mergeByPolicy(author: author).isEmpty
        case .undo: try undo()
        case .importingOther(_, let edition): try importingOther(edition)
        case .setOther: try edit(("title", value), of: Self.other)
        case .join: try write(.merge([Self.other], into: Self.article, kind: Self.kind))
        case .joinBack: try write(.merge([Self.article], into: Self.other, kind: Self.kind))
        case .part: try write(.unmerge(Self.other, kind: Self.kind))
        case .compact: try store.compact().droppedTexts > 0
        case .copy, .putBack, .putBackArchive, .exchange, .pull, .cut: false
        }
    }

    private func write(_ edit: RecordEdit) throws -> Bool {
        try store.edit(author: author) { [edit] }.version != nil
    }

    /// The second article comes by an import alone.
    private func edit(_ changes: (String, String)..., of id: RecordID = Self.article) throws -> Bool {
        if id == Self.other, try store.stored(id, kind: Self.kind) == nil { return false }
        let edit = Edit(
            id: id, kind: Self.kind,
            changes: changes.map { Edit.Change(field: $0.0, json: Array($0.1.utf8)) })
        return try store.edit([edit], author: author).version != nil
    }

    private func untag() throws -> Bool {
        guard model.visible[Self.body.sibling("tags/river")] != nil else { return false }
        return try edit(("tags/river", "false"))
    }

    private func annotate() throws -> Bool {
        guard try store.view(Self.article, kind: Self.kind)?.isDeleted == false else { return false }
        let id = RecordID(rawValue: 1_000 + UInt128(100 * seat + count))
        let edit = Edit(
            id: id, kind: "annotation",
            changes: [
                Edit.Change(field: "target", json: Array("\"\(Self.article.text)\"".utf8)),
                Edit.Change(field: "text", json: Array(value.utf8)),
            ])
        return try store.edit([edit], author: author).version != nil
    }

    /// A file with a collection, whose texts may be merged without asking, and with the article in it.
    private func importing(_ edition: String) throws -> Bool {
        let collection = ImportItem(
            id: Self.collection, kind: "collection",
            fields: [("merge", Array("\"automatic\"".utf8)), ("name", Array("\"press\"".utf8))])
        let article = ImportItem(
            id: Self.article, kind: Self.kind,
            fields: [
                ("body", Array("\"\(Self.edition(edition))\"".utf8)), ("title", Array("\"T\"".utf8)),
                ("collections/\(Self.collection.text)", Array("true".utf8)),
            ])
        return try store.importBatch([collection, article], author: author).contains {
            switch $0 {
            case .created, .updated: true
            case .unchanged, .outdated, .stayedDeleted: false
            }
        }
    }

    private func importingOther(_ edition: String) throws -> Bool {
        let article = ImportItem(
            id: Self.other, kind: Self.kind,
            fields: [
                ("author", Array("\"Ruiz\"".utf8)), ("body", Array("\"\(Self.edition(edition))\"".utf8)),
                ("title", Array("\"Other\"".utf8)),
            ])
        return try store.importBatch([article], author: author).contains {
            switch $0 {
            case .created, .updated: true
            case .unchanged, .outdated, .stayedDeleted: false
            }
        }
    }

    private func restore() throws -> Bool {
        _ = try store.restore(Self.article, kind: Self.kind, author: author)
        return true
    }

    /// A person takes one of the values that stand against each other; of a deletion, to keep or to confirm.
    private func resolve(_ choice: Int) throws -> Bool {
        let order = try store.conflicts().sorted { ($0.id, $0.field) < ($1.id, $1.field) }
        guard let conflict = order.first else { return false }
        if conflict.field == "deleted" {
            return choice == 0
                ? try store.delete(conflict.id, kind: conflict.kind, author: author) != nil : try restore()
        }
        let values = [conflict.current] + conflict.others
        guard let json = values[choice % values.count].json else { return false }
        let edit = Edit(
            id: conflict.id, kind: conflict.kind, changes: [Edit.Change(field: conflict.field, json: json)])
        return try store.edit([edit], author: author).version != nil
    }

    /// Takes back the last entry, and holds what that writes against the naive model.
    private func undo() throws -> Bool {
        guard let entry = try store.log.lastOwnEntry() else { return false }
        let taken = try store.log.transactions(of: entry).compactMap {
            try store.log.entry(of: $0.version)?.chain
        }
        let expected = model.undo(of: Set(taken), order: before.log.transactions.map(\.chain))
        let report = try store.undo(entry, words: "undo", author: author)
        let written = try StoreReading(store).log.transactions.dropFirst(before.log.transactions.count)
        let undos = written.flatMap { transaction in
            transaction.changes.map { change in
                let replaced = (model.fields[change.place] ?? []).filter {
                    model.versions[$0]?.members.isDisjoint(with: change.replaces) == false
                }
                return NaiveUndo(
                    place: change.place, isByHand: transaction.isByHand, replaced: replaced,
                    value: change.value)
            }
        }
        guard Set(undos) == Set(expected), undos.count == expected.count else {
            throw WrongUndo(description: "an undo wrote \(undos), not \(expected)")
        }
        return report.written != nil
    }

    private struct WrongUndo: Error, CustomStringConvertible {
        let description: String
    }
}
