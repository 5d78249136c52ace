internal import Causality
internal import Glibc
internal import Threads

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
/// `@unchecked Sendable`: `lock` guards all that changes.
private final class Bench: @unchecked Sendable {
    private enum Place {
        case untouched
        case begun
        case done(Examination)
    }

    private let transactions: [Transaction]
    private var places: [Place]
    private var isClosed = false
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(_ transactions: [Transaction]) {
        self.transactions = transactions
        places = Array(repeating: .untouched, count: transactions.count)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    func close() { locked { isClosed = true } }

    /// Makes it, or waits for whoever has begun to.
    func examination(_ index: Int) -> Examination {
        let known: Examination? = locked {
            while true {
                switch places[index] {
                case .untouched:
                    places[index] = .begun
                    return nil
                case .begun: pthread_cond_wait(changed, lock)
                case .done(let examination): return examination
                }
            }
        }
        return known ?? examine(index)
    }

    func examineAll() {
        for index in transactions.indices {
            let isMine = locked {
                guard !isClosed, case .untouched = places[index] else { return false }
                places[index] = .begun
                return true
            }
            if isMine { _ = examine(index) }
        }
    }

    private func examine(_ index: Int) -> Examination {
        let examination = Examination(of: transactions[index])
        locked {
            places[index] = .done(examination)
            pthread_cond_broadcast(changed)
        }
        return examination
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }
}
