public import QuipuCausality
internal import QuipuSQLite

/// A peer's clock and this machine's differ by more than a day, and neither side knows which is right.
public struct ClockDifference: Sendable, Equatable {
    /// How far this machine's clock is ahead; negative if it is behind.
    public var milliseconds: Int64
    /// The peer's clock is known to be right, and yet this machine does not follow it.
    public var isPeerSynchronized: Bool
    /// Unix milliseconds, by this machine's clock.
    public var noticedAtMilliseconds: Int64 = 0

    /// Nil where the two agree, or one of them corrects itself.
    public init?(_ comparison: ClockComparison, peer: ClockReading) {
        guard comparison.isUnsettled else { return nil }
        milliseconds = comparison.differenceMilliseconds
        isPeerSynchronized = peer.isSynchronized
    }

    init(milliseconds: Int64, isPeerSynchronized: Bool, noticedAtMilliseconds: Int64) {
        self.milliseconds = milliseconds
        self.isPeerSynchronized = isPeerSynchronized
        self.noticedAtMilliseconds = noticedAtMilliseconds
    }

    /// Little else than when it was noticed is new.
    func says(theSameAs other: ClockDifference) -> Bool {
        isPeerSynchronized == other.isPeerSynchronized
            && milliseconds.subtractingClamped(other.milliseconds).magnitude < Self.newsMilliseconds
            && noticedAtMilliseconds.subtractingClamped(other.noticedAtMilliseconds).magnitude
                < Self.newsMilliseconds
    }

    private static let newsMilliseconds: UInt64 = 3_600_000
}

extension LocalState {
    func clockDifferences() throws -> [String: ClockDifference] {
        var found: [String: ClockDifference] = [:]
        var rows = try database.rows(
            "SELECT peer, milliseconds, is_peer_synchronized, noticed_at FROM clock_difference")
        while try rows.next() {
            found[rows.text(0)] = ClockDifference(
                milliseconds: rows.integer(1), isPeerSynchronized: rows.boolean(2),
                noticedAtMilliseconds: rows.integer(3))
        }
        return found
    }

    func note(_ difference: ClockDifference?, of peer: String) throws {
        guard let difference else {
            try database.run("DELETE FROM clock_difference WHERE peer = ?", .text(peer))
            return
        }
        try database.run(
            "REPLACE INTO clock_difference (peer, milliseconds, is_peer_synchronized, noticed_at) VALUES (?, ?, ?, ?)",
            .text(peer), .integer(difference.milliseconds), .boolean(difference.isPeerSynchronized),
            .integer(difference.noticedAtMilliseconds))
    }
}
