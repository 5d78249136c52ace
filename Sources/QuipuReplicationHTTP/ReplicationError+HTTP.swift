internal import QuipuCanonicalJSON
internal import QuipuHTTPClient
internal import QuipuReplication
internal import QuipuStorage

extension ReplicationError {
    /// Converts an error of the HTTP client.
    init(_ error: HTTPClientError, location: String) {
        let nothingLost = "nothing is lost; \(error.hint)"
        switch error.code {
        case .tls:
            self.init(
                .unreachable, "\(location) cannot be trusted: \(error.message)",
                hint: "nothing is lost; check this machine's clock, then the server's certificate",
                remedy: Remedy(.trustCertificate))
        case .otherKey:
            self.init(
                .otherKey, "the server at \(location) does not have the expected key",
                hint: "nothing was sent")
        case .unreachable, .timedOut:
            self.init(.unreachable, "\(location) cannot be reached: \(error.message)", hint: nothingLost)
        case .cut:
            self.init(.cut, "the connection to \(location) was cut: \(error.message)", hint: nothingLost)
        case .protocolViolation, .tooLarge:
            self.init(
                .notQuipu, "what answers at \(location) is not a Quipu server: \(error.message)",
                hint: error.hint)
        case .badURL, .badRequest:
            self.init(
                .badLocation, "\(location) is not the address of a server: \(error.message)", hint: error.hint
            )
        case .aborted, .cancelled, .failed, .privateAddress:
            self.init(
                .unreachable, "the exchange with \(location) failed: \(error.message)", hint: nothingLost)
        }
    }

    /// Converts a response that is not a message: a problem document of a Quipu server (RFC 9457), or another
    /// server's page.
    ///
    /// - Parameters:
    ///   - retryAfter: the field as sent; a date is ignored.
    ///   - movedTo: the target of a redirection.
    ///   - hasToken: whether a token was sent.
    init(
        refusal: [UInt8], status: Int, contentType: String?, retryAfter: String? = nil,
        movedTo: String? = nil, location: String, hasToken: Bool = false
    ) {
        defer { retryAfterSeconds = retryAfter.flatMap { UInt32($0) }.map { Int($0) } }
        let prefix = "urn:quipu:problem:"
        guard contentType == "application/problem+json",
            let problem = try? JSONParser().parse(refusal),
            let type = problem["type"]?.string, type.hasPrefix(prefix)
        else {
            self.init(foreignStatus: status, movedTo: movedTo, location: location)
            return
        }
        let title = problem["title"]?.string ?? "the server refused"
        let code = Code(rawValue: String(type.dropFirst(prefix.count)))
        let message = "\(location): \(title)"
        if code == .unauthorized {
            self.init(code, message, remedy: Remedy(hasToken ? .replaceToken : .storeToken))
        } else {
            self.init(code, message, hint: problem["detail"]?.string)
        }
    }

    /// A proxy in front of a server, or the transport itself, answers with its own pages.
    private init(foreignStatus status: Int, movedTo: String?, location: String) {
        switch status {
        case 301, 302, 303, 307, 308:
            let target = movedTo.flatMap { Redirection.archive(at: $0, from: location) }
            self.init(
                .moved,
                "what answers at \(location) says that it has moved: "
                    + "\(target ?? "it does not say where") (HTTP status \(status))",
                hint: "nothing was sent there", remedy: Remedy(.moveRemote, target ?? ""))
        case 413:
            self.init(
                .tooLarge, "\(location): the message is too large for it (HTTP status 413)",
                hint: "nothing is lost; ask its operator to allow larger ones")
        case 429:
            self.init(
                .tooManyRequests, "\(location): there were too many requests (HTTP status 429)",
                hint: "nothing is lost; try again later")
        case 502, 503, 504:
            self.init(
                .unreachable,
                "\(location) cannot be reached: a proxy in front of it says so (HTTP status \(status))",
                hint: "nothing is lost; try again later")
        default:
            self.init(
                .notQuipu, "what answers at \(location) is not a Quipu server (HTTP status \(status))",
                hint: "check the address and the port")
        }
    }
}
