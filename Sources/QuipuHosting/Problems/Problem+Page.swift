internal import QuipuHTTPServer

/// Of the page, and of the interface for records.
extension Problem {
    static func badQuery(_ reason: String) -> Problem {
        Problem(
            status: 400, word: "bad-parameter", title: "The query of the address cannot be taken: \(reason)",
            hint: "records-http.md and openapi.yaml describe the parameters")
    }

    static let unknownCode = Problem(
        status: 403, word: "unknown-code", title: "This is not a code of this server",
        hint: "open the page again from the archive")

    static let usedCode = Problem(
        status: 410, word: "code-used",
        title: "This code was used before, and the session that it opened has ended",
        hint: "somebody else may have seen it, or the browser opened the address twice; open the page again "
            + "from the archive")

    static let expiredCode = Problem(
        status: 410, word: "code-expired", title: "This code has expired",
        hint: "a code is good for a minute; open the page again from the archive")

    static let endedSession: Problem = {
        var problem = Problem.unauthorized("This session has ended")
        problem.word = "session-ended"
        problem.hint = "open the page again from the archive"
        return problem
    }()

    static let badTicket = Problem(
        status: 403, word: "bad-ticket", title: "The address of this content is not one of this server's",
        hint: "ask for a new address")

    static let expiredTicket = Problem(
        status: 403, word: "ticket-expired", title: "The address of this content has expired",
        hint: "an address is good for a minute; ask for a new one")

    static let keyReused = Problem(
        status: 422, word: "idempotency-key-reused",
        title: "The Idempotency-Key was sent before with another request",
        hint: "nothing was written; take a new key for each request")

    static let keyInUse = Problem(
        status: 409, word: "idempotency-key-in-use",
        title: "The first request with this Idempotency-Key is still at work",
        hint: "try again in a moment")

    static let badKey = Problem(
        status: 400, word: "bad-parameter",
        title: "The Idempotency-Key is not 1 to 255 visible ASCII characters, once",
        hint: "a random UUID will do")

    package static let malformedBody = Problem(
        status: 400, word: "malformed-json", title: "The body is not JSON in UTF-8 that can be kept",
        hint: "nothing was written; numbers have at most 17 digits, names are unique, and nothing is nested "
            + "deeper than 64")
}
