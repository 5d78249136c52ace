internal import CSQLite

/// Prepared statements by the address of the literal they were prepared from.
///
/// A statement is lent to one cursor at a time; a second cursor over the same literal gets a statement of its
/// own, which is finalised on return if the place is taken.
struct StatementCache {
    /// More literals than the program has on any one path; past it the cache starts afresh.
    static let maximumCount = 256

    private var idle: [UInt: OpaquePointer] = [:]
    private(set) var lentCount = 0

    mutating func take(_ key: UInt) -> OpaquePointer? {
        lentCount += 1
        return idle.removeValue(forKey: key)
    }

    mutating func giveBack(_ statement: OpaquePointer, key: UInt) {
        lentCount -= 1
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
        if idle.count >= Self.maximumCount { finalizeAll() }
        if let other = idle.updateValue(statement, forKey: key) { sqlite3_finalize(other) }
    }

    mutating func failedToPrepare() { lentCount -= 1 }

    mutating func finalizeAll() {
        for statement in idle.values { sqlite3_finalize(statement) }
        idle.removeAll()
    }
}
