internal import QuipuHTTPServer
internal import QuipuReplication

extension Problem {
    /// A refusal of the transport itself.
    init(_ refusal: HTTPRequestError) {
        let nothingWritten = "nothing was written"
        let (word, hint): (String, String) =
            switch refusal {
            case .malformed: ("bad-request", "check the proxies in between")
            case .unknownTransferEncoding: ("not-implemented", "send the body with its length")
            case .headerTooLarge: ("head-too-large", "send fewer or shorter header fields")
            case .bodyTooLarge: ("too-large", "send it in smaller pieces")
            case .tooManyConnections:
                (ReplicationError.Code.overloaded.rawValue, "try again after the time that Retry-After says")
            case .tooManyConnectionsOfAddress:
                ("too-many-connections", "close other connections, or try again later")
            case .otherUser: ("other-user", "ask who runs it for a token")
            case .stopping:
                ("stopping", "try again after the time that Retry-After says")
            case .failed: ("internal", "the server's own output says more")
            }
        self.init(
            status: refusal.status, word: word, title: refusal.reason, hint: "\(nothingWritten); \(hint)")
        if refusal == .tooManyConnectionsOfAddress { headers = [("Retry-After", "5")] }
    }

    static func unauthorized(_ title: String) -> Problem {
        var problem = Problem(
            status: 401, word: ReplicationError.Code.unauthorized.rawValue, title: title,
            hint: "send a token that is valid here as 'Authorization: Bearer TOKEN'")
        problem.headers = [("WWW-Authenticate", "Bearer")]
        return problem
    }

    /// For routes about the server.
    static let forbidden = Problem(
        status: 403, word: "forbidden", title: "This token is not for the server as a whole",
        hint: "use one that was made with --admin")

    /// For writes.
    static let readOnly = Problem(
        status: 403, word: ReplicationError.Code.readOnly.rawValue, title: "This token may only read",
        hint: "nothing was written; ask the server's operator for a token of role writer")

    /// - Parameter wait: the delay in seconds.
    static func tooManyRequests(_ wait: Int) -> Problem {
        limited(
            ReplicationError.Code.tooManyRequests, "There were too many requests in too short a time", wait)
    }

    static func tooManyFailures(_ wait: Int) -> Problem {
        limited(
            ReplicationError.Code.tooManyRequests,
            "There were too many requests with wrong tokens from this address", wait)
    }

    private static func limited(_ code: ReplicationError.Code, _ title: String, _ wait: Int) -> Problem {
        var problem = Problem(
            status: 429, word: code.rawValue, title: title,
            hint: "nothing was written; try again after the time that Retry-After says")
        problem.headers = [("Retry-After", String(max(1, wait)))]
        return problem
    }

    static func dailyLimit(secondsLeft: Int) -> Problem {
        limited(
            ReplicationError.Code.dailyLimit, "This token has written all that it may today", secondsLeft)
    }

    static let overloaded = Problem(
        status: 503, word: ReplicationError.Code.overloaded.rawValue,
        title: "The server is overloaded",
        hint: "nothing was written; try again after the time that Retry-After says")

    static func quotaExceeded(quotaBytes: Int) -> Problem {
        Problem(
            status: 507, word: ReplicationError.Code.quotaExceeded.rawValue,
            title: "The archive would exceed its limit of \(quotaBytes) bytes there",
            hint: "nothing was written; ask the server's operator for more space")
    }
}
