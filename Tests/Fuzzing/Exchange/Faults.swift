import Synchronization

/// What a server reports to who runs it.
final class Faults: Sendable {
    private let all = Mutex<[String]>([])

    var noted: [String] { all.withLock { $0 } }

    func note(_ fault: String) { all.withLock { $0.append(fault) } }
}
