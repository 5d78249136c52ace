internal import QuipuCausality
internal import QuipuStorage

extension LogEntry {
    /// The position of its last transaction in this mirror's log.
    public var position: Change.Position { Change.Position(rawValue: stored.positions.last ?? 0) }
}

extension Snapshot {
    /// The position at which the log ended when this mirror and another one last held the same; nil if they never did.
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func positionOfLastSync() throws(QuipuError) -> Change.Position? {
        try QuipuError.presenting {
            try store.remotes.all().compactMap(\.agreement?.ownPosition).max().map {
                Change.Position(rawValue: $0)
            }
        }
    }

    /// Entries that others wrote and that came into this mirror's log behind a position, the last received first.
    ///
    /// - Parameter limit: the maximum number of entries.
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func entriesOfOthers(
        after position: Change.Position, limit: Int
    ) throws(QuipuError) -> [LogEntry] {
        try QuipuError.presenting {
            let own = try store.origin
            var found: [LogEntry] = []
            try store.log.forEachLogEntry { entry in
                guard found.count < limit, entry.positions.last ?? 0 > position.rawValue else { return false }
                if entry.name.origin != own { found.append(try LogEntry(entry, in: store)) }
                return true
            }
            return found
        }
    }
}
