internal import QuipuCausality
internal import QuipuStorage

/// What one transaction did to one record.
struct RecordFields {
    let id: RecordID
    let kind: String
    var fields: [String]

    var json: JSONText { ["id": JSONText(id.text), "kind": JSONText(kind), "fields": JSONText(fields)] }
}

extension HistoryEntry {
    /// The members that `log` and `history` share; `fields` are the names changed, each once.
    var members: [(String, JSONText)] {
        [
            ("version", JSONText(version.description)),
            ("time", JSONText(timeMilliseconds: timeMilliseconds)),
            ("timeUncertain", JSONText(isTimeUncertain)),
            ("author", JSONText(author)),
            ("byProgram", JSONText(isByProgram)),
            ("replica", JSONText(version.origin.hexadecimal)),
            ("fields", JSONText(fieldNames)),
            ("merged", JSONText(mergedFields)),
        ]
    }

    /// Names of fields whose texts the program merged, each once, sorted.
    var mergedFields: [String] {
        Set(changes.filter(\.isMerge).map(\.field)).sorted { $0.utf8Precedes($1) }
    }

    /// How a listing calls a field that was changed.
    func title(of field: String, in store: Store) throws -> String {
        let title = try store.fieldTitle(field)
        return mergedFields.contains(field) ? title + " (merged)" : title
    }

    /// The clock read a time before this program was made, and nobody could say since by how much it was off.
    var isTimeUncertain: Bool { timeMilliseconds < ClockComparison.buildMilliseconds }

    /// For listings; with a question mark where the clock cannot have been right.
    var shortTime: String { Timestamp.short(milliseconds: timeMilliseconds) + (isTimeUncertain ? "?" : "") }

    /// Names changed, each once, sorted.
    var fieldNames: [String] { Set(changes.map(\.field)).sorted { $0.utf8Precedes($1) } }

    /// The changes by record, in the order they stand in.
    var recordChanges: [RecordFields] {
        var found: [RecordFields] = []
        for change in changes {
            if let last = found.last, last.id == change.id, last.kind == change.kind {
                found[found.count - 1].fields.append(change.field)
            } else {
                found.append(RecordFields(id: change.id, kind: change.kind, fields: [change.field]))
            }
        }
        return found
    }
}
