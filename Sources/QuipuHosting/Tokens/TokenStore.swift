package import QuipuReplication

/// The tokens of a server. Used by many threads at a time, and by several processes: what one of them adds or
/// revokes, all others see at their next call.
package protocol TokenStore: Sendable {
    /// Whether a token was ever created here. From then on every request needs one, even if all are revoked.
    func isInUse() throws -> Bool

    /// All tokens, also expired and revoked ones, in the order of their creation.
    func list() throws -> [AccessToken]

    /// The token with an id, in any state; nil if there never was one.
    func find(_ id: TokenID) throws -> AccessToken?

    /// Stores a new token; it is durable when this returns.
    ///
    /// - Throws: `TokenError.exists` if the id is taken.
    func add(_ token: AccessToken) throws

    /// Revokes a token, durably; an earlier time of revocation stays.
    ///
    /// - Returns: false if there is no such token.
    func revoke(_ id: TokenID, atMilliseconds now: Int64) throws -> Bool

    /// Records the last use of a token, if it is later than the recorded one. It need not survive a power failure:
    /// requests do not wait for a disk.
    func noteUse(of id: TokenID, atMilliseconds now: Int64) throws

    /// Adds to the new data that a token has sent on a day, counted from 1970. Earlier days are forgotten. It need
    /// not survive a power failure.
    ///
    /// - Returns: the total of that day.
    func charge(_ taken: QuotaAmount, to id: TokenID, onDay day: Int64) throws -> QuotaAmount
}

/// Why a token cannot be created or changed.
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
