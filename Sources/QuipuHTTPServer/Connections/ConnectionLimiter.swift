internal import Synchronization

/// Counts connections, in total and by address, to find those beyond the limits. Such a connection is answered once,
/// with the reason, and closed. The limits of libmicrohttpd, which sends no reason, are higher.
final class ConnectionLimiter: Sendable {
    private struct Counts {
        var all = 0
        var byAddress: [String: Int] = [:]
    }

    private let maximum: Int
    private let maximumPerAddress: Int?
    private let counts = Mutex(Counts())

    init(maximum: Int, maximumPerAddress: Int?) {
        self.maximum = maximum
        self.maximumPerAddress = maximumPerAddress
    }

    /// - Returns: why the connection exceeds a limit; nil if it does not.
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
