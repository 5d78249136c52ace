internal import QuipuCBOR
internal import QuipuCausality
internal import QuipuSQLite

/// One write to the archive, open as long as the write lock is held. What it keeps in memory is written by
/// `finish`, in the same SQLite transaction.
final class Writer {
    let store: Store
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
    /// While versions are made anew nothing says what stands on a text.
    var keepsTextsWhole = false
    /// A purge was taken in.
    var hasPurged = false
    /// As this machine's clocks were read when this write began; `offset` is what is taken off later readings as well.
    var clock: MachineClock
    /// What is written is a clock note.
    var isClockNote = false
    /// Transactions at which names start anew.
    var branchStarts: Set<ChainHash>
    /// Where the transaction under way stands in its chain, and the log position of the one before it where its name
    /// does not tell.
    var chainUnderWay = ChainPlace(origin: 0, sequence: 0)
    var previousUnderWay: Int64?
    /// The versions of the field that was changed last; forgotten wherever rows of versions change otherwise.
    var keptVersions: (record: Int64, field: Int64, stored: StoredVersions)?
    /// What comes is in a log that others hold already: how it came to be there is not asked.
    var isFollowing = false
    /// Where keys and digest terms are put together before they are hashed.
    var room = CBORWriter(capacityBytes: 1_024)

    init(_ store: Store) throws {
        self.store = store
        database = store.database
        digest = try store.digest
        position = try store.position
        stamp = Stamp(rawValue: UInt64(clamping: try database.integer("SELECT stamp FROM archive") ?? 0))
        hasMissingTexts = try database.integer("SELECT EXISTS (SELECT 1 FROM missing)") == 1
        branchStarts = Set(try store.branchStarts)
        clock = try store.local.clock(store.environment)
    }

    private var now: Int64 { store.environment.nowMilliseconds().subtractingClamped(clock.offset) }

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

/// What the versions of one transaction have in common.
struct TransactionFacts {
    var position: Int64
    var chain: ChainHash
    /// Less what clock notes take off.
    var stamp: Stamp
    var isByProgram: Bool

    var member: Version.Member { Version.Member(position: position, chain: chain, stamp: stamp) }
}
