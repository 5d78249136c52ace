package import QuipuReplication

/// Where a server's tokens are kept. Used by many threads at a time, and by several processes: what one of them
/// adds or revokes, all others see with their next call.
package protocol TokenStore: Sendable {
    /// Whether a token was ever made here. From then on nobody gets in without one, also when all are revoked.
    func isInUse() throws -> Bool

    /// All of them, the expired and the revoked too, in the order made.
    func list() throws -> [AccessToken]

    /// The token of an id, whatever its state; nil where there never was one.
    func find(_ id: TokenID) throws -> AccessToken?

    /// Durable when it returns.
    ///
    /// - Throws: `TokenError.exists` where the id is taken.
    func add(_ token: AccessToken) throws

    /// Marks it as revoked, durably; the first moment stays where it was done before.
    ///
    /// - Returns: false where there is no such token.
    func revoke(_ id: TokenID, atMilliseconds now: Int64) throws -> Bool

    /// Remembers when it was used last, where that is later than what is known. Need not survive a loss of power:
    /// nobody waits for a disk to be let in.
    func noteUse(of id: TokenID, atMilliseconds now: Int64) throws

    /// Adds to what a token has brought on a day, counted from 1970. What is known of earlier days is forgotten. Need not
    /// survive a loss of power.
    ///
    /// - Returns: all that it has brought on that day.
    func charge(_ taken: QuotaAmount, to id: TokenID, onDay day: Int64) throws -> QuotaAmount
}

/// Why tokens cannot be kept as asked.
package struct TokenError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case exists = "token-exists"
        case unknown = "unknown-token"
        case malformed = "malformed-token"
    }

    package let code: Code
    package let message: String
    package let hint: String

    package init(_ code: Code, _ message: String, hint: String) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package var description: String { "\(message) (\(hint))" }
}
