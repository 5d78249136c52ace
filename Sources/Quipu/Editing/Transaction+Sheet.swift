internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

extension Transaction {
    /// Writes what an edited sheet changes, replacing the versions that were seen.
    ///
    /// - Returns: fields that others have changed since, which are in conflict now; `deleted` for a record that they have
    ///   deleted.
    /// - Throws: `deleted` for a record that this replica has deleted since; `purged`; `RecordSheet.Meanwhile`; `RecordSheet.Mistake` for a value that its field does not take.
    package mutating func write(
        _ changes: [RecordSheet.Change], of sheet: RecordSheet
    ) throws -> [(record: RecordID, field: String)] {
        var contested: [(record: RecordID, field: String)] = []
        var own: [(record: RecordID, field: String)] = []
        for change in changes {
            let id = change.record.id
            guard let entry = sheet.entries.first(where: { $0.record.id == id }) else { continue }
            guard let now = try record(id) else {
                throw QuipuError(.unknownRecord, "there is no record \(id) any more")
            }
            let present = try store.records.heads(of: now.stored)
            if now.isDeleted {
                try requireForeign(deletion: present[RecordSheet.deletion] ?? [], of: now)
                contested.append((id, RecordSheet.deletion))
            }
            var values: [(name: String, json: [UInt8])] = []
            for (field, value) in change.fields {
                let typed = try checked(value, for: field, of: id)
                values.append(typed)
                let (seen, heads) = (entry.seen[typed.name] ?? [], present[typed.name] ?? [])
                if seen == heads { continue }
                if heads.contains(where: { !seen.contains($0) && (try? store.origin) == $0.origin }) {
                    own.append((id, typed.name))
                } else {
                    contested.append((id, typed.name))
                }
            }
            try checkName(values, of: id.kind, id)
            try put(values, into: id, seeing: entry.seen)
        }
        if !own.isEmpty { throw RecordSheet.Meanwhile(fields: own) }
        return contested
    }

    /// - Throws: `deleted` if this replica has deleted the record; `purged`.
    private func requireForeign(deletion versions: [TransactionName], of record: Record) throws {
        let name = "\(record.kind) \(record.id.handle)"
        if record.isPurged {
            throw QuipuError(.purged, "\(name) was purged meanwhile", hint: "nothing brings it back")
        }
        let own = try store.origin
        if versions.contains(where: { $0.origin == own }) {
            throw QuipuError(
                .deleted, "\(name) was deleted meanwhile",
                remedy: .init(Remedy(.restoreFirst, record.id.handle)))
        }
    }

    private func checked(
        _ value: TypedValue, for field: String, of id: RecordID
    ) throws(RecordSheet.Mistake) -> (name: String, json: [UInt8]) {
        do throws(QuipuError) {
            try QuipuError.presenting { try Self.checkTag(field) }
            return try typed(value, for: field.nfc, of: id.kind)
        } catch {
            throw RecordSheet.Mistake(
                reason: "\(id.kind) \(id.handle): \(error.message)",
                hint: error.remedy.flatMap { Self.hint.words(for: $0) } ?? error.hint, line: nil)
        }
    }

    /// As values are written in a sheet.
    private static let hint = ValueHint(
        text: { "\($0): \($1)" }, json: { "\($0): \($1)" },
        removal: { "to remove its value leave nothing behind '\($0):'" })
}
