internal import QuipuCausality

/// What the edits of one call come to: a transaction by a person, and one by the program.
struct EditWork {
    private(set) var records: [RecordChanges] = []
    private(set) var recordsByProgram: [RecordChanges] = []
    /// Log positions of what the edits list as seen.
    var observed: Set<Int64> = []
    /// Whether a change names other versions than its field has now.
    var isStale = false

    /// A record that was changed before in the same call gets the later value of a field.
    mutating func add(_ changes: RecordChanges) { Self.add(changes, to: &records) }

    mutating func addByProgram(_ changes: RecordChanges) { Self.add(changes, to: &recordsByProgram) }

    private static func add(_ changes: RecordChanges, to records: inout [RecordChanges]) {
        let place = records.firstIndex { $0.id == changes.id && $0.kind == changes.kind }
        guard let place else { return records.append(changes) }
        let names = Set(changes.fields.map(\.field))
        records[place].fields.removeAll { names.contains($0.field) }
        records[place].fields += changes.fields
    }
}
