internal import QuipuHTTPServer

/// The measurements of one request.
struct RequestMeasurement {
    var route: String
    var method: String
    /// Nil if the connection ended before there was a response.
    var status: Int?
    var isComplete: Bool
    var receivedBytes: UInt64
    var sentBytes: UInt64
    var nanoseconds: UInt64
    var problem: String?

    init(route: String, method: String, outcome: HTTPRequestOutcome, nanoseconds: UInt64, problem: String?) {
        self.route = route
        // A peer may invent methods; each would become a time series.
        self.method = Self.methods.contains(method) ? method : "other"
        status = outcome.status
        isComplete = outcome.isComplete
        receivedBytes = outcome.receivedBytes
        sentBytes = outcome.sentBytes
        self.nanoseconds = nanoseconds
        self.problem = problem
    }

    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]
}
