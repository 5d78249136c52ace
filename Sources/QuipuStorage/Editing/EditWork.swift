internal import QuipuCausality

/// What the edits of one call come to: what a person writes, and what the program does.
struct EditWork {
    private(set) var records = Changes()
    private(set) var recordsByProgram = Changes()
    /// Whether a change names other versions than its field has now.
    var isStale = false
    /// As far as the log was looked at: from which position on it holds nothing of others, and behind which it holds
    /// something of theirs.
    var ownSince: Int64?
    var othersAfter: Int64?

    /// Of each record once.
    struct Changes {
        private struct Key: Hashable {
            var id: RecordID
            var kind: String
        }

        private(set) var all: [RecordWork] = []
        private var places: [Key: Int] = [:]

        fileprivate mutating func add(_ changes: RecordChanges, _ observed: Set<Int64>) throws {
            let place = places[Key(id: changes.id, kind: changes.kind)] ?? all.count
            if place == all.count {
                places[Key(id: changes.id, kind: changes.kind)] = place
                all.append(RecordWork(changes: changes, observed: observed))
            } else {
                let names = Set(changes.fields.map(\.field))
                all[place].changes.fields.removeAll { names.contains($0.field) }
                all[place].changes.fields += changes.fields
                all[place].observed.formUnion(observed)
            }
            try all[place].requireFitting()
        }
    }

    /// A record that was changed before in the same call gets the later value of a field.
    /// - Parameter observed: log positions of what the edit lists as seen.
    /// - Throws: `tooLarge` where no transaction can hold what is changed in the record.
    mutating func add(_ changes: RecordChanges, observed: Set<Int64> = []) throws {
        try records.add(changes, observed)
    }

    mutating func addByProgram(_ changes: RecordChanges) throws { try recordsByProgram.add(changes, []) }
}
