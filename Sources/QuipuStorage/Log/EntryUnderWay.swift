internal import QuipuCausality

/// The entry of the log that this replica's transactions are written into.
struct EntryUnderWay {
    let words: String
    let undo: EntryMark.Undo?
    /// Its first transaction.
    private var first: TransactionName?
    /// The same, as far as it is on the disk.
    private var committed: TransactionName?

    init(words: String, undo: EntryMark.Undo? = nil) {
        self.words = words
        self.undo = undo
    }

    /// The mark of the next transaction; from then on the entry has a first one.
    mutating func mark(_ name: TransactionName) -> EntryMark {
        if let first, first.origin == name.origin, first.sequence < name.sequence {
            return EntryMark(.continuing(back: name.sequence - first.sequence), undo: undo)
        }
        // What goes on under a fresh origin is an entry of its own.
        first = name
        return EntryMark(.first(words: words), undo: undo)
    }

    mutating func commit() { committed = first }

    mutating func rollBack() { first = committed }
}
