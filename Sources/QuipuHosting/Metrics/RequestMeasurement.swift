internal import QuipuHTTPServer

/// One request, as it is counted.
struct RequestMeasurement {
    var route: String
    var method: String
    /// Nil where the connection ended before there was an answer.
    var status: Int?
    var isComplete: Bool
    var receivedBytes: UInt64
    var sentBytes: UInt64
    var nanoseconds: UInt64
    var problem: String?

    init(route: String, method: String, outcome: HTTPRequestOutcome, nanoseconds: UInt64, problem: String?) {
        self.route = route
        // A peer may make up methods; each would be a series of its own.
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
