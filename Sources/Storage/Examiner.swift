internal import Causality
internal import Glibc

/// Examines the transactions of a piece on a thread of its own, while others of them are applied: hashing takes about as
/// long as writing. Whoever asks for one that nobody has begun examines it itself, so that without a thread it is all
/// the same.
///
/// `@unchecked Sendable`: `lock` guards all that changes.
final class Examiner: @unchecked Sendable {
    private enum Place {
        case untouched
        case begun
        case done(Examination)
    }

    /// A piece with less text is not worth a thread.
    private static let leastTextBytes = 256 << 10

    private let transactions: [Transaction]
    private var places: [Place]
    private var isEnding = false
    private var thread: pthread_t?
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(of transactions: [Transaction]) {
        self.transactions = transactions
        places = Array(repeating: .untouched, count: transactions.count)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
        if transactions.count > 1, hasMuchText { start() }
    }

    deinit {
        locked { isEnding = true }
        if let thread { pthread_join(thread, nil) }
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    private var hasMuchText: Bool {
        var bytes = 0
        for change in transactions.lazy.flatMap(\.records).flatMap(\.fields) {
            bytes += change.value.text?.count ?? 0
            if bytes >= Self.leastTextBytes { return true }
        }
        return false
    }

    subscript(index: Int) -> Examination {
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

    private func start() {
        // Not retained: `deinit` joins the thread, so that this outlives it.
        let place = Unmanaged.passUnretained(self).toOpaque()
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { place in
                if let place { Unmanaged<Examiner>.fromOpaque(place).takeUnretainedValue().run() }
                return nil
            }, place)
        if failure == 0 { self.thread = thread }
    }

    private func run() {
        for index in transactions.indices {
            let isMine = locked {
                guard !isEnding else { return false }
                if case .untouched = places[index] {
                    places[index] = .begun
                    return true
                }
                return false
            }
            if isMine { _ = examine(index) }
        }
    }
}
