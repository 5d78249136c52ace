package import QuipuHTTPServer

/// Decides who may do what, from a request's head alone.
package protocol Authorizer: Sendable {
    /// - Returns: the caller, and what it may do there.
    /// - Throws: `Problem`. For a caller that may not know of an archive, the archive does not exist.
    func admit(_ head: HTTPRequestHead, to route: Route) throws -> Caller

    /// Whether no token is required.
    func isOpen() throws -> Bool

    /// Whether a caller that was admitted under that name may still receive events.
    func isWelcome(_ caller: String?) -> Bool
}

extension Authorizer {
    package func isWelcome(_ caller: String?) -> Bool { true }
}

/// The sender of a request.
package struct Caller: Sendable {
    /// The name for logs; nil if no token is required.
    package let name: String?
    package let role: Role
    /// Whether a push may create an archive.
    package let mayCreate: Bool
    /// Under which its edits are written; nil if it has no name of its own.
    package let author: String?
    /// The only archive that it may ask for; nil for all.
    package let archive: String?
    /// It is the browser of the person who runs the server.
    package let isOwnPage: Bool

    package init(
        name: String?, role: Role, mayCreate: Bool, author: String? = nil, archive: String? = nil,
        isOwnPage: Bool = false
    ) {
        self.name = name
        self.role = role
        self.mayCreate = mayCreate
        self.author = author
        self.archive = archive
        self.isOwnPage = isOwnPage
    }
}

/// Allows everything to everybody: for a server that only its own machine reaches.
package struct OpenAuthorizer: Authorizer {
    package init() {}

    package func isOpen() -> Bool { true }

    package func admit(_ head: HTTPRequestHead, to route: Route) -> Caller {
        Caller(name: nil, role: .owner, mayCreate: true)
    }
}
