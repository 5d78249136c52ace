internal import QuipuCausality
internal import QuipuThreads

/// Examines the transactions of a piece on a thread of its own, while others of them are applied: hashing takes about as
/// long as writing. Whoever asks for one that nobody has begun examines it itself, so that without a thread it is all
/// the same.
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

    /// Makes it, or waits for whoever has begun to.
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

    /// False where somebody has begun with it.
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
