internal import Glibc
internal import QuipuCausality
internal import QuipuSQLite

extension Keeping {
    /// Texts that one commit drops.
    private static let compactionBatch = 256

    /// Drops the texts that nothing needs, and makes the file smaller by them. What is dropped is overwritten.
    ///
    /// Each batch is a commit of its own. The file is rewritten at the end, which needs room for a second copy of
    /// what remains; if there is none, or there is a reader, the space is reused for what comes.
    /// - Parameter isDryRun: only says what would be dropped.
    /// - Parameter progress: is told how many texts were looked at, and which part of all that is. If it throws, the texts
    ///   that are dropped stay so, and their space is reused or given back by a later compaction.
    public func compact(
        isDryRun: Bool = false, progress: (_ items: Int, _ fraction: Double) throws -> Void = { _, _ in }
    ) throws -> CompactionReport {
        var report = CompactionReport()
        do {
            var droppable = Droppable(archive)
            if isDryRun {
                try reading {
                    try visitDroppableTexts(&droppable, progress) { texts, _ in
                        report.count(texts.map(\.sizeBytes))
                    }
                }
                return report
            }
            let before = folder.storeSizeBytes
            let overwrites = try database.integer("PRAGMA secure_delete") ?? 0
            try database.execute("PRAGMA secure_delete = ON")
            defer { try? database.execute("PRAGMA secure_delete = \(overwrites)") }

            // Keys of what was never indexed could not be derived from a hash.
            try bringUpToDate()
            let isSearchable = try database.integer("SELECT searchable_position FROM archive") != 0
            do {
                try visitDroppableTexts(&droppable, progress) { texts, droppable in
                    report.count(try writing { try $0.drop(texts, where: &droppable) })
                }
            } catch {
                // Copies of what was dropped go at once: a later compaction may find nothing more to drop.
                if report.droppedTexts > 0 {
                    cardIndex.forget()
                    folder.removeSnapshots()
                }
                throw error
            }
            if isSearchable { try wordSearch.bringUpToDate() }
            if report.droppedTexts > 0 { cardIndex.forget() }
            try local.dropUnwantedParts { try texts.isMissing($0) }
            try local.dropUnwantedSizes { try texts.isMissing($0) }
            folder.removeSnapshots()
            try giveRoomBack(always: report.droppedTexts > 0, &report)
            report.freedBytes = max(0, before - folder.storeSizeBytes)
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
        return report
    }

    private func bringUpToDate() throws {
        guard try database.integer("SELECT identified_position FROM archive") ?? 0 < position else { return }
        try writing { try $0.archive.keyIndex.bringUpToDate(through: $0.position) }
    }

    /// Finds texts that stand by themselves and that nothing needs, a batch at a time.
    private func visitDroppableTexts(
        _ droppable: inout Droppable, _ progress: (Int, Double) throws -> Void,
        _ visit: ([HiddenText], inout Droppable) throws -> Void
    ) throws {
        var last: Int64 = 0
        var count = 0
        let greatest = try database.integer("SELECT max(rowid) FROM text") ?? 0
        while true {
            var page: [HiddenText] = []
            do {
                var rows = try database.rows(
                    """
                    SELECT rowid, hash, length(CAST(json AS BLOB))
                    FROM text
                    WHERE rowid > ?
                    ORDER BY rowid
                    LIMIT ?
                    """, .integer(last), .integer(Self.compactionBatch))
                while try rows.next() {
                    guard let hash = ValueHash(bytes: rows.bytes(1)) else { continue }
                    page.append(
                        HiddenText(row: rows.integer(0), hash: hash, sizeBytes: Int(rows.integer(2))))
                }
            }
            guard let end = page.last else { return }
            last = end.row
            try droppable.bringUpToDate()
            let found = try page.filter { try droppable.isDroppable($0.hash) }
            if !found.isEmpty { try visit(found, &droppable) }
            count += page.count
            try progress(count, Double(last) / Double(max(1, greatest)))
        }
    }

    /// Rewrites the file without its empty pages. SQLite does this whole or not at all.
    private func giveRoomBack(always: Bool, _ report: inout CompactionReport) throws {
        let free = try database.integer("PRAGMA freelist_count") ?? 0
        let pages = try database.integer("PRAGMA page_count") ?? 0
        guard always || free > pages / 16 else { return }
        do {
            try database.execute("VACUUM")
            // The old pages stay in the file until the log is checkpointed, which waits for readers.
            if try database.integer("PRAGMA wal_checkpoint(TRUNCATE)") != 0 {
                report.hindrance = StorageError(
                    .busy, "another process is reading the archive: \(database.path)",
                    hint: "the file gets smaller once it has finished; or compact again then")
            }
        } catch {
            switch error.code.primary {
            case .full:
                report.hindrance = StorageError(
                    .diskFull, "there is no room for the second copy that shrinking the file needs",
                    hint:
                        "the space of the dropped texts is reused; make room on the disk and compact again"
                )
            case .busy, .locked: report.hindrance = StorageError(error)
            default: throw error
            }
        }
    }
}

/// A row of `text`.
struct HiddenText {
    var row: Int64
    var hash: ValueHash
    var sizeBytes: Int
}

extension CompactionReport {
    fileprivate mutating func count(_ sizesBytes: [Int]) {
        droppedTexts += sizesBytes.count
        droppedBytes += sizesBytes.reduce(0, +)
    }
}

extension Writer {
    /// Drops texts that stand by themselves.
    /// - Returns: the size of each.
    fileprivate func drop(_ texts: [HiddenText], where droppable: inout Droppable) throws -> [Int] {
        try droppable.bringUpToDate()
        var sizes: [Int] = []
        for text in texts where try droppable.isDroppable(text.hash) {
            try detach(from: text.hash)
            try database.run(
                "DELETE FROM text WHERE rowid = ? AND hash = ?", .integer(text.row), .blob(text.hash.bytes))
            if database.changes > 0 { sizes.append(text.sizeBytes) }
        }
        if !sizes.isEmpty { try archive.wordIndex.forget() }
        return sizes
    }
}
