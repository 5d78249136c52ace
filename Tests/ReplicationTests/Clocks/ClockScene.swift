import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support

/// What tests of clocks look at.
protocol ClockScene {}

extension ClockScene {
    var day: Int64 { 24 * 3_600 * 1_000 }

    func time(of title: String, at store: Store) throws -> Int64? {
        var found: Int64?
        try store.log.forEachEntry { entry in
            guard let change = entry.changes.first, let record = try store.view(change.id, kind: change.kind),
                record[change.field] == Array(title.utf8)
            else { return true }
            found = entry.timeMilliseconds
            return false
        }
        return found
    }

    func notes(in store: Store) throws -> [ClockNote] {
        var found: [ClockNote] = []
        try store.log.forEachTransaction(after: 0) { transaction, _, _ in
            if let note = transaction.note { found.append(note) }
            return true
        }
        return found
    }

    /// Days that a note takes off, and how many edits each of its runs has.
    func outline(of notes: [ClockNote]) -> [String] {
        notes.map { note in
            "\((note.offsetMilliseconds + (note.offsetMilliseconds < 0 ? -day / 2 : day / 2)) / day) days: "
                + note.spans.map { "\($0.count)" }.joined(separator: ", ")
        }
    }

    func isRight(_ store: Store, in group: Replicas) throws -> Bool {
        try abs(store.clock.correctedNow() - group.world.environment().nowMilliseconds()) < 60_000
    }
}
