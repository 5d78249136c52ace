internal import QuipuHTTPServer
internal import Synchronization

/// Creates an observer for each request.
final class RequestObserverFactory: Sendable {
    let metrics: Metrics
    let logger: Logger?

    /// Distinguishes requests of this process from those of others.
    private let prefix: String
    private let count = Atomic<UInt64>(0)

    init(metrics: Metrics, logger: Logger?) {
        self.metrics = metrics
        self.logger = logger
        var generator = SystemRandomNumberGenerator()
        let random = String(generator.next() as UInt32, radix: 16)
        prefix = String(repeating: "0", count: 8 - random.count) + random + "-"
    }

    func open() -> any HTTPRequestObserver { RequestObserver(self) }

    /// Returns a unique request id, such as `1f0c93ab-2a`.
    func nextID() -> String {
        prefix + String(count.add(1, ordering: .relaxed).newValue, radix: 16)
    }
}
