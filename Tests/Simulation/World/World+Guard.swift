internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

/// A collection that is large enough to be guarded, and what exchanges take from it. The notes in it are made once, by the
/// first machine that does, so that nothing but `emptyCollection` ever takes one away.
extension World {
    private static let noteCount = 24
    private static let guarded = RecordID(rawValue: 600)
    private static let day: Int64 = 24 * 3_600 * 1_000
    /// A collection that had no more is not guarded.
    private static let largestUnguarded = 20

    func fillCollection(_ step: Step, in store: Store) throws -> String {
        guard !isCollectionFilled else { return "filled already" }
        isCollectionFilled = true
        return try write(
            [("collections/" + Self.guarded.text, "true"), ("text", "\"a note\"")],
            to: (1...Self.noteCount).map { RecordID(rawValue: UInt128(600 + $0)) }, kind: "note", step, store
        )
    }

    /// Takes a part of the notes out of the collection, empties them, or deletes them.
    func emptyCollection(_ step: Step, in store: Store) throws -> String {
        let notes = try guardedNotes(of: store).sorted()
        let taken = Array(notes.prefix([8, 14, 22, Self.noteCount][step.parameters[2]]))
        if taken.isEmpty { return "empty already" }
        switch step.parameters[1] {
        case 0:
            return try write(
                [("collections/" + Self.guarded.text, "false")], to: taken, kind: "note", step, store)
        case 1: return try write([("text", "\"\"")], to: taken, kind: "note", step, store)
        default:
            for id in taken {
                _ = try store.delete(id, kind: "note", author: "author\(step.parameters[0])")
            }
            return "deleted"
        }
    }

    /// Notes that are in the collection, not deleted, and say something.
    private func guardedNotes(of store: Store) throws -> Set<RecordID> {
        var found: Set<RecordID> = []
        guard isCollectionFilled else { return found }
        for number in 1...Self.noteCount {
            let id = RecordID(rawValue: UInt128(600 + number))
            guard let note = try store.view(id, kind: "note"), !note.isDeleted,
                note.elements(of: "collections").contains(Self.guarded.text),
                note.string("text")?.isEmpty == false
            else { continue }
            found.insert(id)
        }
        return found
    }

    /// Runs an exchange, and again once somebody was asked where it would take most of the collection.
    /// - Parameter run: is told whether it may.
    func guarded<Result>(
        _ caller: Machine, _ store: Store, _ run: (_ accepting: Bool) throws -> Result
    ) throws -> Result {
        let before = try guardedNotes(of: store)
        let now = caller.environment.nowMilliseconds()
        var losses = caller.collectionLosses.filter { abs($0.value - now) <= Self.day }
        do {
            let result = try run(false)
            let after = try guardedNotes(of: store)
            let lost = before.subtracting(after)
            losses = losses.filter { !after.contains($0.key) }
            for id in lost where losses[id] == nil { losses[id] = now }
            caller.collectionLosses = losses
            let total = losses.count + after.count
            guard lost.isEmpty || total <= Self.largestUnguarded || after.count * 10 > total else {
                throw Violation(
                    "somebody is asked before a collection loses nine tenths",
                    "machine \(caller.index) has \(after.count) left of \(total)")
            }
            return result
        } catch let error as ReplicationError where error.code == .massDeletion {
            statistics.add("mass deletions")
            caller.collectionLosses = [:]
            return try run(true)
        }
    }
}
