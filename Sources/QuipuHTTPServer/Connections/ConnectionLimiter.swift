internal import Synchronization

/// Counts connections, all of them and by address, to know which are beyond what is allowed. Such a one is answered
/// once, with the reason, and closed; the library's own bounds, which say nothing, lie further out.
final class ConnectionLimiter: Sendable {
    private struct Counts {
        var all = 0
        var byAddress: [String: Int] = [:]
    }

    private let maximum: Int
    private let maximumPerAddress: Int?
    private let counts = Mutex(Counts())

    init(_ configuration: HTTPListener.Configuration) {
        maximum = configuration.maximumConnections
        maximumPerAddress = configuration.maximumConnectionsPerAddress
    }

    /// - Returns: why the connection is one too many; nil where it is not.
    func add(_ address: String) -> HTTPRequestError? {
        counts.withLock { counts in
            counts.all += 1
            if let maximumPerAddress {
                counts.byAddress[address, default: 0] += 1
                if counts.byAddress[address, default: 0] > maximumPerAddress {
                    return .tooManyConnectionsOfAddress
                }
            }
            return counts.all > maximum ? .tooManyConnections : nil
        }
    }

    func remove(_ address: String) {
        counts.withLock { counts in
            counts.all -= 1
            guard let count = counts.byAddress[address] else { return }
            counts.byAddress[address] = count > 1 ? count - 1 : nil
        }
    }
}
