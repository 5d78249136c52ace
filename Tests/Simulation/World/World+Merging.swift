internal import QuipuCausality
internal import QuipuStorage

extension World {
    /// Merges records, or takes one out; what cannot be done is refused.
    func write(_ edit: RecordEdit, _ author: String, _ store: Store) throws -> String {
        do {
            guard case .merge(let others, let keep, let kind) = edit,
                let shown = try store.view(keep, kind: kind)?.id,
                let kept = try store.stored(shown, kind: kind)
            else {
                return try store.edit(author: author) { [edit] }.version == nil ? "so already" : "written"
            }
            let open = try Set(([keep] + others).flatMap { try openFields(of: $0, kind, store) })
            let version = try store.edit(author: author) { [edit] }.version
            try checkMerge(into: kept, open: open, store)
            return version == nil ? "so already" : "written"
        } catch let error as StorageError
            where [.unknownRecord, .deleted, .wrongType, .notMerged].contains(error.code)
        {
            return "refused"
        }
    }

    private func openFields(of id: RecordID, _ kind: String, _ store: Store) throws -> Set<String> {
        Set(try store.conflicts(of: id, kind: kind).filter { !$0.isDeletion }.map(\.field))
    }

    /// A merge hides what it sees: it opens conflicts only where the record that is kept has no value.
    private func checkMerge(into kept: Record, open: Set<String>, _ store: Store) throws {
        for field in try openFields(of: kept.id, kept.kind, store).subtracting(open).sorted() {
            if let json = kept[field], json != Array("null".utf8) {
                throw Violation("a merge hides what it has seen", "\(field) of \(kept.id.text)")
            }
        }
    }

    /// What is written in a merged record goes to the one under which it is shown, and settles what was open there.
    func checkEdit(
        _ name: TransactionName, of fields: Set<String>, in shown: Set<RecordID>, _ kind: String,
        _ store: Store
    ) throws {
        try store.log.forEachTransaction(after: try store.position - 1) { transaction, _, _ in
            if transaction.name == name, !Set(transaction.records.map(\.id)).isSubset(of: shown) {
                throw Violation("an edit goes to the record that shows the one that it names", "\(name)")
            }
            return true
        }
        for id in shown where try !openFields(of: id, kind, store).isDisjoint(with: fields) {
            throw Violation("an edit settles what was open", "\(name)")
        }
    }
}
