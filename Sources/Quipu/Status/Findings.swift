internal import QuipuCausality
package import QuipuStorage

/// A text that should be here and is not: it was lost, has not come yet, or an earlier version forgot it.
public struct MissingText: Sendable {
    /// So many are named; all are counted.
    static let mostNamed = 3

    public let record: Record
    public let field: String

    init(_ missing: QuipuStorage.MissingText) {
        record = Record(missing.record)
        field = missing.field
    }

    static func first(in store: Store) throws -> [MissingText] {
        try store.texts.missing(limit: mostNamed).map { MissingText($0) }
    }
}

/// A transaction that was refused, because it is malformed. It stops its author's later edits here, and nothing else.
public struct Refusal: Sendable {
    public let version: Version
    /// In words.
    public let reason: String
    /// Unix milliseconds.
    public let noticedAtMilliseconds: Int64

    init(_ refusal: QuipuStorage.Refusal) {
        version = Version(refusal.name)
        reason = refusal.reason
        noticedAtMilliseconds = refusal.noticedAtMilliseconds
    }
}

/// Transactions that came in under a name of this machine's own, one after the other, and that it did not write, or does not
/// remember that it did: its folder was copied or put back as it was earlier, or somebody used its name.
public struct NameUse: Sendable {
    /// The first of them.
    public let first: Version
    public let count: Int
    /// Whom the first of them names as its author.
    public let author: String
    /// When that was by its own word, in Unix milliseconds.
    public let timeMilliseconds: Int64
    public let noticedAtMilliseconds: Int64

    package init(_ use: QuipuStorage.NameUse) {
        first = Version(use.first)
        count = use.count
        author = use.author
        timeMilliseconds = use.timeMilliseconds
        noticedAtMilliseconds = use.noticedAtMilliseconds
    }
}

/// A peer's clock and this machine's differ by more than a day, and neither side knows which is right.
public struct ClockDifference: Sendable {
    /// By how much this machine's clock is ahead; negative where it is behind.
    public let milliseconds: Int64
    /// The peer's clock is said to be right, and yet this machine does not follow it.
    public let isPeerSynchronized: Bool
    /// Unix milliseconds, by this machine's clock.
    public let noticedAtMilliseconds: Int64

    package init(_ difference: QuipuStorage.ClockDifference) {
        milliseconds = difference.milliseconds
        isPeerSynchronized = difference.isPeerSynchronized
        noticedAtMilliseconds = difference.noticedAtMilliseconds
    }
}

/// How much a replica has written.
public struct ReplicaShare: Sendable {
    /// 32 hexadecimal digits.
    public let replica: String
    /// Under which it wrote last.
    public let author: String
    public let transactions: Int
    /// As far as texts are here, and as they are kept.
    public let bytes: Int

    init(_ share: OriginShare) {
        replica = share.origin.hexadecimal
        author = share.author
        transactions = share.transactions
        bytes = share.bytes
    }
}
