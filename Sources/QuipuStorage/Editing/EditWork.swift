internal import QuipuCausality

/// What the edits of one call come to: a transaction by a person, and one by the program.
struct EditWork {
    private(set) var records: [RecordChanges] = []
    private(set) var recordsByProgram: [RecordChanges] = []
    /// Log positions of what the edits list as seen.
    var observed: Set<Int64> = []
    /// Whether a change names other versions than its field has now.
    var isStale = false

    /// Where the changes of each record stand.
    private var places: [Place: Int] = [:]
    private var placesByProgram: [Place: Int] = [:]

    private struct Place: Hashable {
        var id: RecordID
        var kind: String
    }

    /// A record that was changed before in the same call gets the later value of a field.
    mutating func add(_ changes: RecordChanges) { Self.add(changes, to: &records, &places) }

    mutating func addByProgram(_ changes: RecordChanges) {
        Self.add(changes, to: &recordsByProgram, &placesByProgram)
    }

    private static func add(
        _ changes: RecordChanges, to records: inout [RecordChanges], _ places: inout [Place: Int]
    ) {
        let place = Place(id: changes.id, kind: changes.kind)
        guard let index = places[place] else {
            places[place] = records.count
            return records.append(changes)
        }
        let names = Set(changes.fields.map(\.field))
        records[index].fields.removeAll { names.contains($0.field) }
        records[index].fields += changes.fields
    }
}
