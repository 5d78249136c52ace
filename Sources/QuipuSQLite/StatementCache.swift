internal import CQuipuSQLite

/// Prepared statements by the address of the literal they were prepared from.
///
/// A statement is lent to one cursor at a time; a second cursor over the same literal gets a statement of its
/// own, which is finalised on return if the place is taken.
///
/// A table with open addressing, which a dictionary of the standard library is not a match for here: every statement
/// that runs passes it twice, and most statements run for a microsecond.
struct StatementCache {
    /// More literals than the program has on any one path; past it the cache starts afresh.
    static let maximumCount = 256

    private struct Slot {
        /// 0: free.
        var key: UInt = 0
        /// nil while it is lent.
        var statement: OpaquePointer?
    }

    /// Twice as many as are ever used, so that a search ends soon.
    private var slots: [Slot] = []
    private var usedCount = 0
    private(set) var lentCount = 0

    mutating func take(_ key: UInt) -> OpaquePointer? {
        lentCount += 1
        if slots.isEmpty { return nil }
        let place = place(of: key)
        defer { slots[place].statement = nil }
        return slots[place].statement
    }

    mutating func giveBack(_ statement: OpaquePointer, key: UInt) {
        lentCount -= 1
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
        if slots.isEmpty { slots = Array(repeating: Slot(), count: 2 * Self.maximumCount) }
        var place = place(of: key)
        if slots[place].key == 0 {
            if usedCount >= Self.maximumCount {
                finalizeAll()
                slots = Array(repeating: Slot(), count: 2 * Self.maximumCount)
                place = self.place(of: key)
            }
            usedCount += 1
            slots[place].key = key
        }
        sqlite3_finalize(slots[place].statement)
        slots[place].statement = statement
    }

    mutating func failedToPrepare() { lentCount -= 1 }

    mutating func finalizeAll() {
        for slot in slots { sqlite3_finalize(slot.statement) }
        slots = []
        usedCount = 0
    }

    /// Where a key stands, or the free slot where it would.
    private func place(of key: UInt) -> Int {
        // Knuth, "The Art of Computer Programming", volume 3, section 6.4: multiplicative hashing.
        var place = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 55)
        while slots[place].key != key, slots[place].key != 0 { place = (place + 1) & (slots.count - 1) }
        return place
    }
}
