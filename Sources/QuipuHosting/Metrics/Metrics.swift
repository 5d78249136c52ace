internal import Synchronization

/// Counters of a server. They are guarded by one lock, held for a few additions; the number of time series is
/// bounded, since no label comes from a peer.
package final class Metrics: Sendable {
    struct RequestKey: Hashable {
        var route: String
        var method: String
        var status: Int?
    }

    struct RouteTotals {
        var durations = Histogram()
        var receivedBytes: UInt64 = 0
        var sentBytes: UInt64 = 0
    }

    struct Counts {
        var requests: [RequestKey: UInt64] = [:]
        var routes: [String: RouteTotals] = [:]
        var problems: [String: UInt64] = [:]
        var cutRequests: UInt64 = 0
        var exchange = ExchangeTally()
    }

    /// Counts of the contents of messages, in each direction.
    package struct ExchangeTally: Sendable {
        package var piecesReceived: UInt64 = 0
        package var piecesSent: UInt64 = 0
        package var transactionsReceived: UInt64 = 0
        package var transactionsSent: UInt64 = 0

        package init() {}
    }

    private let state = Mutex(Counts())

    package init() {}

    var counts: Counts { state.withLock { $0 } }

    func note(_ request: RequestMeasurement) {
        let key = RequestKey(route: request.route, method: request.method, status: request.status)
        state.withLock { counts in
            counts.requests[key, default: 0] += 1
            counts.routes[request.route, default: RouteTotals()].note(request)
            if let problem = request.problem { counts.problems[problem, default: 0] += 1 }
            if !request.isComplete { counts.cutRequests += 1 }
        }
    }

    package func note(_ tally: ExchangeTally) {
        state.withLock { counts in
            counts.exchange.piecesReceived += tally.piecesReceived
            counts.exchange.piecesSent += tally.piecesSent
            counts.exchange.transactionsReceived += tally.transactionsReceived
            counts.exchange.transactionsSent += tally.transactionsSent
        }
    }
}

extension Metrics.RouteTotals {
    fileprivate mutating func note(_ request: RequestMeasurement) {
        durations.note(request.nanoseconds)
        receivedBytes &+= request.receivedBytes
        sentBytes &+= request.sentBytes
    }
}
