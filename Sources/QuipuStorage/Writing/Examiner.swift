internal import QuipuCBOR
internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuThreads

/// Examines the transactions of a piece on a thread of its own, while others of them are applied: hashing takes about as
/// long as writing. A caller that asks for a transaction that has not been begun examines it itself, so the
/// results are the same without a thread.
final class Examiner {
    /// A piece with less text is not worth a thread.
    private static let leastTextBytes = 256 << 10

    private let bench: Bench
    private var thread: JoinableThread?

    init(of transactions: [Transaction]) {
        bench = Bench(transactions)
        if transactions.count > 1, Self.haveMuchText(transactions) {
            thread = JoinableThread { [bench] in bench.examineAll() }
        }
    }

    /// Ends after the transaction that the thread is at.
    deinit {
        bench.close()
        thread?.join()
    }

    subscript(index: Int) -> Examination { bench.examination(index) }

    private static func haveMuchText(_ transactions: [Transaction]) -> Bool {
        var bytes = 0
        for change in transactions.lazy.flatMap(\.records).flatMap(\.fields) {
            bytes += change.value.text?.count ?? 0
            if bytes >= leastTextBytes { return true }
        }
        return false
    }
}

/// What the thread holds of an examiner, whose end waits for the thread's.
///
/// `@unchecked Sendable`: `monitor` guards all that changes.
private final class Bench: @unchecked Sendable {
    private enum Place {
        case untouched
        case begun
        case done(Examination)
    }

    private let transactions: [Transaction]
    private var places: [Place]
    private var isClosed = false
    private let monitor = Monitor()

    init(_ transactions: [Transaction]) {
        self.transactions = transactions
        places = Array(repeating: .untouched, count: transactions.count)
    }

    func close() { monitor.change { isClosed = true } }

    /// Makes it, or waits for the thread that has begun to.
    func examination(_ index: Int) -> Examination {
        if take(index) { return examine(index) }
        var known: Examination?
        _ = monitor.wait {
            if case .done(let examination) = places[index] { known = examination }
            return known != nil
        }
        guard let known else { preconditionFailure("without a deadline it is waited for") }
        return known
    }

    func examineAll() {
        for index in transactions.indices {
            if monitor.locked({ isClosed }) { return }
            if take(index) { _ = examine(index) }
        }
    }

    /// False if another thread has begun with it.
    private func take(_ index: Int) -> Bool {
        monitor.locked {
            guard case .untouched = places[index] else { return false }
            places[index] = .begun
            return true
        }
    }

    private func examine(_ index: Int) -> Examination {
        let examination = Examination(of: transactions[index])
        monitor.change { places[index] = .done(examination) }
        return examination
    }
}

/// What can be said of a transaction without looking at the archive: whether it obeys the rules, and the hashes that
/// applying it takes.
struct Examination: Sendable {
    /// Why it is not one.
    var flaw: InvalidTransaction?
    /// The hash of each change's value, in order.
    var values: [ValueHash] = []
    /// Of a transaction by the program, each change's part of the digest where the field begins with it; otherwise the
    /// keys of versions depend on what is before, and there are none.
    var terms: [UInt128] = []

    init(of transaction: Transaction) {
        do {
            try transaction.validate()
        } catch {
            flaw = error
            return
        }
        let count = transaction.records.reduce(0) { $0 + $1.fields.count }
        values.reserveCapacity(count)
        if transaction.isByProgram { terms.reserveCapacity(count) }
        var room = CBORWriter(capacityBytes: 1_024)
        for record in transaction.records {
            for change in record.fields {
                if case .text(let json) = change.value, !isCanonicalJSON(json) {
                    flaw = InvalidTransaction(
                        name: transaction.name, reason: "the value of '\(change.field)' is not canonical JSON"
                    )
                    return
                }
                let value = change.value.hash
                values.append(value)
                if transaction.isByProgram {
                    terms.append(
                        change.isPlainAtFirst ? Self.term(of: change, value, in: record, &room) : 0)
                }
            }
        }
    }

    private static func term(
        of change: FieldChange, _ value: ValueHash, in record: RecordChanges, _ room: inout CBORWriter
    ) -> UInt128 {
        let key = VersionKey(
            byProgram: value, record: record.id, kind: record.kind, field: change.field, replaces: [],
            in: &room)
        return Digest.term(
            record: record.id, kind: record.kind, field: change.field, key: key, value: value, in: &room)
    }
}

extension FieldChange {
    /// A field that a record begins with can be plain: nothing replaced, and its text is here and travels with its
    /// transaction. A longer one is asked for by its hash, and is found by its row in `version`.
    var isPlainAtFirst: Bool {
        guard replaces.isEmpty, let text = value.text else { return false }
        return text.count <= Limits.inlineValueBytes
    }
}
