internal import QuipuCausality
internal import QuipuEmbeddedSchema
internal import QuipuSQLite
internal import QuipuTextFolding

/// The cards of records (`RecordCard`), in a database of their own beside the archive's. It follows from that one and holds
/// nothing else, so any damage to it is repaired by rebuilding it; where nothing can be written, it is made in
/// memory for as long as the archive is open.
struct CardIndex: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var cardIndex: CardIndex { CardIndex(archive: archive) }
}

extension CardIndex {
    private static let form: Int64 = 2
    private static let applicationID: Int64 = 1_366_651_241

    /// The database of the cards, in which every transaction of the log has had its effect.
    func upToDate() throws -> Connection {
        let end = try position
        if let cards = archive.cards, try hasReached(end, cards) { return cards }
        do {
            if let cards = try inFile(through: end) { return cards }
        } catch let error as SQLiteError {
            archive.cards = nil
            if isDamage(error) {
                DatabaseFiles.remove(at: folder.indexPath)
                if let cards = try? inFile(through: end) { return cards }
            }
        }
        let cards = try makeInMemory()
        archive.cards = cards
        try bringUpToDate(cards, through: end)
        return cards
    }

    /// Whether an error says that the file of the cards is none, and that it can be made again.
    func isDamage(_ error: SQLiteError) -> Bool {
        error.path == folder.indexPath && [.corrupt, .notADatabase].contains(error.code.primary)
            && !database.isReadOnly
    }

    /// Nil where it may not be written.
    private func inFile(through end: Int64) throws -> Connection? {
        let cards = try archive.cards ?? open()
        archive.cards = cards
        if try hasReached(end, cards) { return cards }
        guard try !cards.isReadOnly && isCommitted(end) else { return nil }
        try bringUpToDate(cards, through: end)
        return cards
    }

    /// Whether the log is on the disk up to a position: what is rolled back later must have no effect on what others see.
    private func isCommitted(_ end: Int64) throws -> Bool {
        guard database.isWriting else { return true }
        let others = try Connection(path: folder.storePath, options: .init(mode: .readOnly))
        return try others.integer("SELECT max(position) FROM log") ?? 0 >= end
    }

    /// What was forgotten in the archive must not live on here.
    func forget() {
        archive.cards = nil
        if !archive.isOnUnwritablePlace { DatabaseFiles.remove(at: folder.indexPath) }
    }

    private func makeInMemory() throws -> Connection {
        let cards = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        try cards.execute(Definitions.index)
        return cards
    }

    func open() throws -> Connection {
        if archive.isOnUnwritablePlace { return try makeInMemory() }
        if database.isReadOnly {
            guard ArchiveFolder.exists(folder.indexPath) else { return try makeInMemory() }
            let cards = try Connection(path: folder.indexPath, options: .init(mode: .readOnly))
            return try isOurs(cards) ? cards : makeInMemory()
        }
        if !ArchiveFolder.exists(folder.indexPath) { folder.touch(folder.indexPath) }
        var cards = try Connection(path: folder.indexPath, options: .init(mode: .readWriteCreate))
        if try !isOurs(cards) {
            let isNew = try cards.isEmpty
            if !isNew {
                cards = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
                DatabaseFiles.remove(at: folder.indexPath)
                folder.touch(folder.indexPath)
                cards = try Connection(path: folder.indexPath, options: .init(mode: .readWriteCreate))
            }
            try cards.transaction(.immediate) {
                // Another process may have been quicker.
                if try cards.isEmpty { try cards.execute(Definitions.index) }
            }
        }
        // What can be made again need not outlast a loss of power at any moment.
        try cards.execute(
            "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA cache_size = -16384")
        return cards
    }

    private func isOurs(_ cards: Connection) throws -> Bool {
        try cards.integer("PRAGMA application_id") == Self.applicationID
            && cards.integer("PRAGMA user_version") == Self.form
    }

    /// Where the cards stand in this archive's log; 0 where they are none of it.
    func reached(_ cards: Connection) throws -> Int64 {
        var rows = try cards.rows("SELECT archive, position, chain FROM source")
        guard try rows.next(), rows.bytes(0) == id.bytes else { return 0 }
        let position = rows.integer(1)
        let chain = try database.bytes("SELECT chain FROM log WHERE position = ?", .integer(position))
        if let chain { return chain == rows.bytes(2) ? position : 0 }
        // They have had the effect of what this view of the archive does not show yet; or of what is gone, where an earlier
        // state of the archive was put back.
        guard try position > self.position && !archive.isOnUnwritablePlace else { return 0 }
        return try newestChain(at: position) == rows.bytes(2) ? position : 0
    }

    /// Of the log as it is on the disk now, whatever this view shows.
    private func newestChain(at position: Int64) throws -> [UInt8]? {
        let newest = try Connection(path: folder.storePath, options: .init(mode: .readOnly))
        return try newest.bytes("SELECT chain FROM log WHERE position = ?", .integer(position))
    }

    func hasReached(_ end: Int64, _ cards: Connection) throws -> Bool {
        try reached(cards) >= end && completed(cards).isEmpty
    }

    /// Records whose texts were not here when their cards were made, and are now.
    func completed(_ cards: Connection) throws -> [Int64] {
        var found: [Int64] = []
        var rows = try cards.rows("SELECT record FROM card INDEXED BY card_incomplete WHERE flags & 4")
        while try rows.next() {
            let row = rows.integer(0)
            if try !isIncomplete(row) { found.append(row) }
        }
        return found
    }

    func isIncomplete(_ row: Int64) throws -> Bool {
        return try database.integer(
            "SELECT EXISTS (SELECT 1 FROM missing INDEXED BY missing_by_record WHERE record = ?)",
            .integer(row))
            == 1
    }

    private func bringUpToDate(_ cards: Connection, through end: Int64) throws {
        try cards.transaction(.immediate) {
            var work = CardWork(archive: archive, cards: cards)
            let reached = try reached(cards)
            if reached > end { return }
            if reached == 0 {
                try work.all()
            } else {
                try work.touched(after: reached, through: end, besides: try completed(cards))
            }
            let chain = try database.bytes("SELECT chain FROM log WHERE position = ?", .integer(end)) ?? []
            try cards.run("DELETE FROM source")
            try cards.run(
                "INSERT INTO source (singleton, archive, position, chain) VALUES (1, ?, ?, ?)",
                .blob(id.bytes),
                .integer(end), .blob(chain))
        }
    }
}
