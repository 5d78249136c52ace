/// A token as a server stores it: everything but the secret.
package struct AccessToken: Sendable, Equatable {
    /// The archives that the token gives access to.
    package enum Scope: Sendable, Equatable {
        /// Every archive, as owner, and the routes about the server.
        case server
        case archive(String, Role)
    }

    package let id: TokenID
    package let hash: TokenHash
    /// The display name.
    package var label: String?
    package var scope: Scope
    /// Unix milliseconds, like all times here.
    package var createdAt: Int64
    /// The time at which it expires; nil if it is valid until revoked.
    package var expiresAt: Int64?
    package var revokedAt: Int64?
    package var lastUsedAt: Int64?

    package init(
        id: TokenID, hash: TokenHash, label: String? = nil, scope: Scope, createdAt: Int64,
        expiresAt: Int64? = nil, revokedAt: Int64? = nil, lastUsedAt: Int64? = nil
    ) {
        self.id = id
        self.hash = hash
        self.label = label
        self.scope = scope
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
    }

    package enum State: String, Sendable {
        case valid
        case expired
        case revoked
    }

    package func state(atMilliseconds now: Int64) -> State {
        if revokedAt != nil { return .revoked }
        if let expiresAt, expiresAt <= now { return .expired }
        return .valid
    }
}
