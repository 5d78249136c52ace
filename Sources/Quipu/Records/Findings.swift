internal import QuipuCausality
package import QuipuStorage

/// A text that should be here and is not: it was lost, has not arrived yet, or was forgotten by an earlier version.
public struct MissingText: Sendable {
    /// The maximum number that is named; all are counted.
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

/// A value of which only the record is here, and not its text.
public struct WaitingText: Sendable, Equatable {
    public let field: String
    /// Before compression; nil if no mirror told it.
    public let sizeBytes: Int?
    /// The remote that has it, by its name; nil if that is not known.
    public let remote: String?

    init(_ text: QuipuStorage.WaitingText) {
        (field, sizeBytes, remote) = (text.field, text.sizeBytes, text.remote)
    }
}

/// A transaction that was refused because it is malformed. It holds back its author's later edits, and nothing else.
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

/// Consecutive transactions that arrived under a name of this machine's own, and that it did not write, or does not
/// remember writing: its folder was copied or restored from an earlier state, or another machine used its name.
public struct NameUse: Sendable {
    /// The first of them.
    public let first: Version
    public let count: Int
    /// The author that the first of them names.
    public let author: String
    /// The time that it states, in Unix milliseconds.
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
    /// How far this machine's clock is ahead; negative if it is behind.
    public let milliseconds: Int64
    /// The peer's clock is declared right, but this machine does not follow it.
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
    /// Counts the texts that are here, in the form in which they are stored.
    public let bytes: Int

    init(_ share: OriginShare) {
        replica = share.origin.hexadecimal
        author = share.author
        transactions = share.transactions
        bytes = share.bytes
    }
}
