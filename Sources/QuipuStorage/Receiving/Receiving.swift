public import QuipuCausality
internal import QuipuSQLite

/// The result of receiving a piece of transactions.
public struct ApplyOutcome: Sendable {
    public var appliedCount = 0
    /// Records that those applied change.
    public var appliedRecordCount = 0
    /// Transactions that were refused, each with what follows it in its origin.
    public var refused: [InvalidTransaction] = []
    /// The names do not mean here what they mean to the sender: nothing was applied.
    public var isUnderOtherNames = false
    /// Those applied that came under a name of this machine's own, and that it did not write.
    public var inOwnName: [NameUse] = []

    public init() {}
}

/// How transactions from elsewhere come into the log.
struct Receiving: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var receiving: Receiving { Receiving(archive: archive) }
}

extension Receiving {
    /// Applies transactions from elsewhere, all in one commit.
    ///
    /// A malformed one stops its own origin there, and what names it, and nothing else. Pieces are nearly always
    /// sound, so a piece is applied in one go first. Only when something is refused is all rolled back and done
    /// again with a savepoint for each transaction: however much is malformed, a piece costs a few times itself.
    /// - Parameters:
    ///   - ends: chain ends that the sender claims; an origin whose end then differs is refused.
    ///   - branchStarts: those under which the sender named them; nil for those of this archive.
    public func apply(
        _ transactions: [Transaction], ends: [Vector.Entry] = [], branchStarts: Set<ChainHash>? = nil
    ) throws -> ApplyOutcome {
        // A commit with nothing in it would still cost a sync of the disk.
        if transactions.isEmpty { return ApplyOutcome() }
        var piece = Piece(transactions: transactions, ends: ends, branchStarts: branchStarts)
        while true {
            do {
                let outcome = try writing { try piece.apply(with: $0) }
                if !outcome.refused.isEmpty { try log.note(outcome.refused) }
                if !outcome.inOwnName.isEmpty { try local.note(outcome.inOwnName) }
                return outcome
            } catch is HeldOtherwise {
                // A chain went on here since the sender was told where it ends, and there too: it branched.
                var outcome = ApplyOutcome()
                outcome.isUnderOtherNames = true
                return outcome
            } catch is InvalidTransaction where !piece.isGuarded {
                piece.isGuarded = true
            } catch let error as WrongEnds {
                piece.isGuarded = true
                // Each round stops origins that were not stopped before, and all that it can find.
                for end in error.ends { piece.stopped.insert(end.name?.origin ?? Origin(rawValue: 0)) }
                piece.refused += error.ends
            }
        }
    }

    /// Applies what stands before a checkpoint of a message that is not all there, in one commit, if it is proved by
    /// where its chains stand. Of a message that was cut anything may have been changed on the way, so nothing is refused
    /// for good by it.
    /// - Parameter ends: of every origin that it has transactions of, where its chain stands after them.
    /// - Returns: nil where nothing was applied, since that is not what comes of it.
    public func apply(_ transactions: [Transaction], provedBy ends: [Vector.Entry]) throws -> ApplyOutcome? {
        if transactions.isEmpty { return ApplyOutcome() }
        var lasts: [Origin: UInt64] = [:]
        for transaction in transactions { lasts[transaction.name.origin] = transaction.name.sequence }
        for end in ends where lasts[end.origin] == end.sequence { lasts[end.origin] = nil }
        guard lasts.isEmpty else { return nil }
        var piece = Piece(transactions: transactions, ends: ends, branchStarts: nil)
        piece.mustReachEnds = true
        do {
            let outcome = try writing { try piece.apply(with: $0) }
            if !outcome.inOwnName.isEmpty { try local.note(outcome.inOwnName) }
            return outcome
        } catch  where error is HeldOtherwise || error is InvalidTransaction || error is WrongEnds {
            return nil
        }
    }
}

/// Origins whose chains do not end as the sender said.
private struct WrongEnds: Error {
    var ends: [InvalidTransaction]
}

private struct Piece {
    let transactions: [Transaction]
    private let examiner: Examiner
    let ends: [Vector.Entry]
    let branchStarts: Set<ChainHash>?
    var isGuarded = false
    /// Every end that the sender claims must be held here afterwards; otherwise an end must only not differ.
    var mustReachEnds = false
    /// Origins of which nothing is taken, and why.
    var stopped: Set<Origin> = []
    var refused: [InvalidTransaction] = []

    init(transactions: [Transaction], ends: [Vector.Entry], branchStarts: Set<ChainHash>?) {
        self.transactions = transactions
        examiner = Examiner(of: transactions)
        self.ends = ends
        self.branchStarts = branchStarts
    }

    func apply(with writer: Writer) throws -> ApplyOutcome {
        var outcome = ApplyOutcome()
        if let branchStarts, branchStarts != writer.branchStarts {
            outcome.isUnderOtherNames = true
            return outcome
        }
        outcome.refused = refused
        var stopped = stopped
        var own = try OwnNames(writer)
        for (index, transaction) in transactions.enumerated()
        where !stopped.contains(transaction.name.origin) {
            do {
                let examination = examiner[index]
                guard
                    try isGuarded
                        ? writer.applyAlone(transaction, examination)
                        : writer.apply(transaction, examination)
                else { continue }
                try own.look(at: transaction, with: writer)
                outcome.appliedCount += 1
                outcome.appliedRecordCount += transaction.records.count
            } catch let error as InvalidTransaction where isGuarded {
                stopped.insert(transaction.name.origin)
                outcome.refused.append(error)
            }
        }
        var wrong: [InvalidTransaction] = []
        for claimed in ends where !stopped.contains(claimed.origin) {
            let held = try writer.archive.log.entry(of: claimed.name)
            if held.map({ $0.chain != claimed.chain }) ?? mustReachEnds {
                wrong.append(
                    InvalidTransaction(
                        name: claimed.name, reason: "its chain is not the one that its sender holds"))
            }
        }
        if !wrong.isEmpty { throw WrongEnds(ends: wrong) }
        outcome.inOwnName = own.uses
        return outcome
    }
}

extension Writer {
    /// Applies a transaction, or leaves everything as it was when it is malformed.
    fileprivate func applyAlone(_ transaction: Transaction, _ examination: Examination) throws -> Bool {
        let before = (digest, position, stamp, recordsToReview, hasMissingTexts)
        do {
            return try database.transaction(.immediate) { try apply(transaction, examination) }
        } catch let error as InvalidTransaction {
            (digest, position, stamp, recordsToReview, hasMissingTexts) = before
            archive.forgetUncommitted()
            keptVersions = nil
            forgetRecord()
            archive.unwrittenTexts = [:]
            successorTexts = [:]
            throw error
        }
    }
}
