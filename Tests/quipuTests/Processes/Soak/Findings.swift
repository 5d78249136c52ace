import Synchronization

/// What was found wrong, from any thread; a test reports it where it runs.
final class Findings: Sendable, CustomStringConvertible {
    private let found = Mutex<[String]>([])

    var all: [String] { found.withLock { $0 } }

    func add(_ findings: [String], _ what: String) {
        found.withLock { $0 += findings.map { "\(what): \($0)" } }
    }

    func add(_ other: Findings) {
        let theirs = other.all
        found.withLock { $0 += theirs }
    }

    var description: String { all.joined(separator: "\n") }
}
