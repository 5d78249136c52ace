public import QuipuCausality
internal import QuipuSQLite

/// What an exchange is about to remove from a collection: a part so large that the user should be asked.
public struct MassDeletion: Sendable, Equatable {
    /// The collection's name; nil for records that are in none.
    public var collection: String?
    /// Records that it loses by this exchange, and has lost by those of the last day.
    public var lostCount: Int
    public var totalCount: Int
}

/// Watches what collections lose by exchanges within a day: records that are deleted, taken out, emptied, or merged into
/// others. What is merged is kept, but listed no longer: merging five hundred records into one leaves as little to read as
/// deleting them.
///
/// A collection has lost most of what it held when hardly any record of it is left. So nothing is counted but losses,
/// which this machine remembers for a day: a sync costs what it brings. Only when a collection has lost so many that it
/// may be most, records that are left are looked for, until there are enough of them.
///
/// The records that were there a day ago are counted apart as well, so that new ones do not stand for those that go. A
/// day is one by this machine's own clock, uncorrected: no peer can make it pass.
public struct DeletionGuard {
    /// Collections with no more records than this are not guarded.
    public static let largestUnguarded = 20
    /// A mass deletion leaves at most this part of a collection: a tenth.
    private static let remainingDivisor = 10
    /// No collection that is guarded can have lost too much with fewer losses.
    private static let leastLosses = largestUnguarded - largestUnguarded / remainingDivisor

    private let store: Store
    private let isAccepting: Bool
    /// Unix milliseconds by this machine's own clock.
    private let now: Int64
    /// Where the log ended a day ago, or at the earliest moment since that is remembered.
    private let dayAgo: Int64

    /// - Parameter accepting: the user was asked: what is removed now is not counted later.
    public init(_ store: Store, accepting: Bool = false) throws {
        self.store = store
        isAccepting = accepting
        now = store.environment.nowMilliseconds()
        do {
            dayAgo = try store.local.noteHolding(position: store.position, nowMilliseconds: now)
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }

    /// Looks at transactions that are about to be applied.
    /// - Returns: what should be asked about; nil counts them as applied.
    public func check(_ transactions: [Transaction]) throws -> MassDeletion? {
        let losses = try Losses(by: transactions, in: store.archive).byPlace
        if losses.isEmpty { return nil }
        do {
            if isAccepting {
                try store.local.forgetLosses(of: losses.keys.sorted())
                return nil
            }
            return try store.local.notingLosses(losses, nowMilliseconds: now) {
                for place in losses.keys.sorted() {
                    if let found = try massDeletion(in: place, by: losses[place] ?? []) { return found }
                }
                return nil
            }
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }

    private func massDeletion(in place: Losses.Place, by losses: [Loss]) throws -> MassDeletion? {
        guard try store.local.lossCount(of: place) > Self.leastLosses,
            try verdict(on: place, losing: losses) != nil
        else { return nil }
        // Some may have come back since they were lost.
        let new = Set(losses.map(\.record))
        for loss in try store.local.losses(of: place) where !new.contains(loss.record) {
            if try !store.membership.isStillLost(loss, to: place) { try store.local.forget(loss, of: place) }
        }
        guard let counts = try verdict(on: place, losing: losses) else { return nil }
        return MassDeletion(
            collection: try name(of: place), lostCount: counts.lost, totalCount: counts.lost + counts.left)
    }

    /// - Returns: how many records a place will have lost, and has left, if that is too few.
    private func verdict(on place: Losses.Place, losing losses: [Loss]) throws -> (lost: Int, left: Int)? {
        let lost = try store.local.losses(of: place)
        let old = lost.filter { $0.since <= dayAgo }
        func enough(_ losses: [Loss]) -> Int { losses.count / (Self.remainingDivisor - 1) + 1 }
        var left = 0
        var oldLeft = 0
        try store.membership.forEachRecord(
            in: place, near: losses.map(\.record).min() ?? 0, but: Set(lost.map(\.record))
        ) {
            left += 1
            if $0 <= dayAgo { oldLeft += 1 }
            return left < enough(lost) || oldLeft < enough(old)
        }
        for (lost, left) in [(lost.count, left), (old.count, oldLeft)]
        where lost + left > Self.largestUnguarded && left * Self.remainingDivisor <= lost + left {
            return (lost, left)
        }
        return nil
    }

    private func name(of place: Losses.Place) throws -> String? {
        guard let id = RecordID(text: place) else { return place.isEmpty ? nil : place }
        return try store.records.view(id, kind: "collection")?.string("name") ?? place
    }
}
