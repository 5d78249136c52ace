internal import QuipuCBOR
internal import QuipuCausality
internal import QuipuSQLite

/// One write to the archive, open as long as the write lock is held. What it keeps in memory is written by
/// `finish`, in the same SQLite transaction.
final class Writer {
    let archive: OpenArchive
    let database: Connection
    var digest: Digest
    /// Where the log ends.
    var position: Int64
    /// The highest stamp that the clock follows.
    var stamp: Stamp
    /// The end of this replica's own chain, once this write has added to it, and how many it added.
    var ownEnd: Vector.Entry?
    var ownCount: UInt64 = 0
    /// Records whose deletion must be held against their heads before the transaction under way is complete.
    var recordsToReview: [Int64: DeletionReview] = [:]
    var hasMissingTexts: Bool
    /// Values of versions that were purged, to be looked at when all is done.
    var valuesToForget: Set<ValueHash> = []
    /// Texts of values that replaced others, by these, until the record under way is written.
    var successorTexts: [ValueHash: (hash: ValueHash, text: [UInt8])] = [:]
    /// While versions are rebuilt it is not known what depends on a text.
    var keepsTextsWhole = false
    /// A purge was taken in.
    var hasPurged = false
    /// As this machine's clocks were read when this write began; `offset` is what is taken off later readings as well.
    var clock: MachineClock
    /// What is written is a clock note.
    var isClockNote = false
    /// Transactions at which branches start.
    var branchStarts: Set<ChainHash>
    /// Where the transaction under way stands in its chain, and the log position of the one before it where its name
    /// does not tell.
    var chainUnderWay = ChainPlace(origin: 0, sequence: 0)
    var previousUnderWay: Int64?
    /// The versions of the field that was changed last; forgotten wherever rows of versions change otherwise.
    var keptVersions: (record: Int64, field: Int64, stored: StoredVersions)?
    /// What this replica wrote into texts and annotations, until it is known what became of the passages.
    var writtenTexts = WrittenTexts()
    /// What comes is in a log that others hold already: how it came to be there is not asked.
    var isFollowing = false
    /// Where keys and digest terms are put together before they are hashed.
    var room = CBORWriter(capacityBytes: 1_024)

    /// The record that was read last and not written since.
    private var keptRecord: RecordState?

    init(_ archive: OpenArchive) throws {
        archive.keptBodies.forget()
        self.archive = archive
        database = archive.database
        digest = try archive.digest
        position = try archive.position
        stamp = Stamp(rawValue: UInt64(clamping: try database.integer("SELECT stamp FROM archive") ?? 0))
        hasMissingTexts = try database.integer("SELECT EXISTS (SELECT 1 FROM missing)") == 1
        branchStarts = Set(try archive.log.branchStarts)
        clock = try archive.local.clock(archive.environment)
    }

    /// A record that is about to be changed; it is read once however often it is asked for until then.
    func record(_ id: RecordID, kind: String) throws -> RecordState? {
        if let keptRecord, keptRecord.id == id, keptRecord.kind == kind { return keptRecord }
        keptRecord = try archive.recordStates.record(id, kind: kind)
        return keptRecord
    }

    /// Likewise, to change it.
    func takeRecord(_ id: RecordID, kind: String) throws -> RecordState? {
        defer { keptRecord = nil }
        if let keptRecord, keptRecord.id == id, keptRecord.kind == kind { return keptRecord }
        return try archive.recordStates.record(id, kind: kind)
    }

    /// Rows of records change otherwise.
    func forgetRecord() { keptRecord = nil }

    private var now: Int64 { archive.environment.nowMilliseconds().subtractingClamped(clock.offset) }

    /// Stamps beyond this are not followed: a clock must be wrong.
    private var horizon: Stamp {
        Stamp(milliseconds: now.addingClamped(Limits.clockToleranceMilliseconds))
    }

    func finish() throws {
        try writeOldTexts()
        try dropForgottenTexts()
        try database.run(
            "UPDATE archive SET digest = ?, stamp = ?", .blob(digest.bytes), .integer(Int64(stamp.rawValue)))
    }

    /// Follows a stamp, unless it is so far ahead that a clock must be wrong.
    func follow(_ other: Stamp) {
        if other > stamp, other.milliseconds <= horizon.milliseconds { stamp = other }
    }

    /// The highest in the log that the clock follows.
    func highestStamp() throws -> Stamp {
        let highest = try database.integer(
            """
            SELECT max(stamp - correction * 65536)
            FROM log
            WHERE correction BETWEEN -1 << 46 AND 1 << 46 AND stamp - correction * 65536 <= ?
            """, .integer(Int64(horizon.rawValue)))
        return Stamp(rawValue: UInt64(clamping: highest ?? 0))
    }

    /// The stamp of the next local transaction.
    func nextStamp() throws -> Stamp {
        if stamp.milliseconds > horizon.milliseconds {
            // The clock was set back or corrected since: start again from the highest stamp that it would follow now.
            stamp = try highestStamp()
        }
        stamp = stamp.next(nowMilliseconds: now)
        return stamp
    }
}

extension ArchivePart {
    /// Runs `body` with the write lock; all it did is on the disk when this returns, and none of it is kept when
    /// it throws.
    func writing<Result>(_ body: (Writer) throws -> Result) throws -> Result {
        do {
            let (result, writer) = try database.transaction(.immediate) {
                // The archive may have been removed or replaced while this waited for the lock.
                try archive.requireInPlace?()
                let writer = try Writer(archive)
                try archive.dropPrivateIndex()
                let result = try body(writer)
                try writer.reanchor()
                try writer.finish()
                return (result, writer)
            }
            archive.entry?.commit()
            if writer.hasPurged {
                // What was purged must not live on beside the archive.
                archive.forgetProvenTexts()
                folder.removeSnapshots()
                try? local.dropUnwantedParts { try texts.isMissing($0) }
            }
            if let end = writer.ownEnd {
                // The edit is on the disk, and must not be reported as failed: without this note the next one
                // begins a fresh chain.
                try? local.noteOwnEnd(
                    end, added: writer.ownCount, clock: writer.clock, isNote: writer.isClockNote)
            }
            return result
        } catch {
            archive.forgetUncommitted()
            if let error = error as? SQLiteError { throw StorageError(error) }
            throw error
        }
    }
}
