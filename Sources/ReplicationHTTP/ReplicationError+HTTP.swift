internal import CanonicalJSON
internal import HTTPClient
internal import Replication

extension ReplicationError {
    /// The transport's failure, in the words of the exchange.
    init(_ error: HTTPClientError, location: String) {
        let nothingLost = "nothing is lost; \(error.hint)"
        switch error.code {
        case .unreachable, .tls, .timedOut:
            self.init(.unreachable, "\(location) cannot be reached: \(error.message)", hint: nothingLost)
        case .cut:
            self.init(.cut, "the connection to \(location) was cut: \(error.message)", hint: nothingLost)
        case .protocolViolation, .tooLarge:
            self.init(
                .notQuipu, "what answers at \(location) is not a Quipu server: \(error.message)",
                hint: error.hint)
        case .badURL, .badRequest:
            self.init(
                .badLocation, "\(location) is no address of a server: \(error.message)", hint: error.hint)
        case .aborted, .cancelled, .failed:
            self.init(
                .unreachable, "the exchange with \(location) failed: \(error.message)", hint: nothingLost)
        }
    }

    /// A reply that is no message: a problem that a Quipu server describes (RFC 9457), or somebody else's page.
    ///
    /// - Parameter retryAfter: as the server wrote it; a date is not understood.
    init(
        refusal: [UInt8], status: Int, contentType: String?, retryAfter: String? = nil, location: String
    ) {
        defer { retryAfterSeconds = retryAfter.flatMap { UInt32($0) }.map { Int($0) } }
        let prefix = "urn:quipu:problem:"
        guard contentType == "application/problem+json", let problem = try? JSONParser().parse(refusal),
            let type = problem["type"]?.string, type.hasPrefix(prefix)
        else {
            self.init(
                .notQuipu, "what answers at \(location) is not a Quipu server (HTTP status \(status))",
                hint: "check the address and the port")
            return
        }
        let title = problem["title"]?.string ?? "the server refused"
        let code = Code(rawValue: String(type.dropFirst(prefix.count)))
        self.init(code, "\(location): \(title)", hint: problem["detail"]?.string)
    }
}
