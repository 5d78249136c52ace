internal import Causality
internal import Replication
internal import Storage

/// A collection that is large enough to be guarded, and what exchanges take from it. The notes in it are made once, by the
/// first machine that does, so that nothing but `clearShelf` ever takes one away.
extension World {
    private static let shelfCount = 24
    private static let shelf = RecordID(rawValue: 600)
    private static let day: Int64 = 24 * 3_600 * 1_000
    /// A collection that had no more is not guarded.
    private static let largestUnguarded = 20

    func fillShelf(_ step: Step, in store: Store) throws -> String {
        guard !isShelfFilled else { return "filled already" }
        isShelfFilled = true
        return try write(
            [("collections/" + Self.shelf.text, "true"), ("text", "\"on the shelf\"")],
            to: (1...Self.shelfCount).map { RecordID(rawValue: UInt128(600 + $0)) }, kind: "note", step, store
        )
    }

    /// Takes a part of the notes out of the collection, empties them, or deletes them.
    func clearShelf(_ step: Step, in store: Store) throws -> String {
        let notes = try onShelf(of: store).sorted()
        let taken = Array(notes.prefix([8, 14, 22, Self.shelfCount][step.parameters[2]]))
        if taken.isEmpty { return "empty already" }
        switch step.parameters[1] {
        case 0:
            return try write(
                [("collections/" + Self.shelf.text, "false")], to: taken, kind: "note", step, store)
        case 1: return try write([("text", "\"\"")], to: taken, kind: "note", step, store)
        default:
            for id in taken {
                _ = try store.delete(id, kind: "note", author: "author\(step.parameters[0])")
            }
            return "deleted"
        }
    }

    /// Notes that are in the collection, not deleted, and say something.
    private func onShelf(of store: Store) throws -> Set<RecordID> {
        var found: Set<RecordID> = []
        guard isShelfFilled else { return found }
        for number in 1...Self.shelfCount {
            let id = RecordID(rawValue: UInt128(600 + number))
            guard let note = try store.view(id, kind: "note"), !note.isDeleted,
                note.elements(of: "collections").contains(Self.shelf.text),
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
        let before = try onShelf(of: store)
        let now = caller.environment.nowMilliseconds()
        var losses = caller.shelfLosses.filter { abs($0.value - now) <= Self.day }
        do {
            let result = try run(false)
            let after = try onShelf(of: store)
            let lost = before.subtracting(after)
            losses = losses.filter { !after.contains($0.key) }
            for id in lost where losses[id] == nil { losses[id] = now }
            caller.shelfLosses = losses
            let total = losses.count + after.count
            guard lost.isEmpty || total <= Self.largestUnguarded || after.count * 10 > total else {
                throw Violation(
                    "somebody is asked before a collection loses nine tenths",
                    "machine \(caller.index) has \(after.count) left of \(total)")
            }
            return result
        } catch let error as ReplicationError where error.code == .massDeletion {
            statistics.add("mass deletions")
            caller.shelfLosses = [:]
            return try run(true)
        }
    }
}
