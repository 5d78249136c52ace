internal import Quipu

/// What one transaction did to one record.
struct RecordFields {
    let id: RecordID
    var fields: [String]

    var json: JSONText {
        ["id": JSONText(id.uuid), "kind": JSONText(id.kind.rawValue), "fields": JSONText(fields)]
    }
}

extension HistoryEntry {
    /// The members that `log` and `history` share; `fields` are the names changed, each once.
    var members: [(String, JSONText)] {
        [
            ("version", JSONText(version.description)),
            ("timeMilliseconds", JSONText(timeMilliseconds)),
            ("timeUncertain", JSONText(isTimeUncertain)),
            ("author", JSONText(author)),
            ("byProgram", JSONText(isByProgram)),
            ("replica", JSONText(version.replica)),
            ("fields", JSONText(fields)),
            ("merged", JSONText(mergedFields)),
        ]
    }

    /// How a listing calls a field that was changed.
    func title(of field: String, in snapshot: borrowing Snapshot) throws -> String {
        let title = try snapshot.fieldTitle(field)
        return mergedFields.contains(field) ? title + " (merged)" : title
    }

    /// For listings; with a question mark where the clock cannot have been right.
    func shortTime(in zone: ClockZone) -> String {
        zone.short(milliseconds: timeMilliseconds) + (isTimeUncertain ? "?" : "")
    }

    /// The changes by record, in the order they stand in.
    var recordChanges: [RecordFields] {
        var found: [RecordFields] = []
        for change in changes {
            if found.last?.id == change.record {
                found[found.count - 1].fields.append(change.field)
            } else {
                found.append(RecordFields(id: change.record, fields: [change.field]))
            }
        }
        return found
    }
}
