package import QuipuHTTPServer

/// Decides who may do what, on a request's head alone.
package protocol Authorizer: Sendable {
    /// - Returns: who asks, and what they may do there.
    /// - Throws: `Problem`. To one who may not know of an archive, it does not exist.
    func admit(_ head: HTTPRequestHead, to route: Route) throws -> Caller

    /// Whether nobody is asked who they are.
    func isOpen() throws -> Bool

    /// Whether somebody who was let in under that name may still be told things.
    func isWelcome(_ caller: String?) -> Bool
}

extension Authorizer {
    package func isWelcome(_ caller: String?) -> Bool { true }
}

/// What a caller may do with an archive; each role may do what the ones before it may.
package enum Role: String, Sendable, CaseIterable, Comparable {
    case reader
    case writer
    case owner

    package static func < (left: Role, right: Role) -> Bool {
        let order = Role.allCases
        return order.firstIndex(of: left)! < order.firstIndex(of: right)!
    }
}

/// Who asks.
package struct Caller: Sendable {
    /// What logs call them; nil where nobody has to say who they are.
    package let name: String?
    package let role: Role
    /// Whether a push may make an archive that is not there.
    package let mayCreate: Bool

    package init(name: String?, role: Role, mayCreate: Bool) {
        self.name = name
        self.role = role
        self.mayCreate = mayCreate
    }
}

/// Everybody who can reach the server may do everything: for a server that only its own machine reaches.
package struct OpenAuthorizer: Authorizer {
    package init() {}

    package func isOpen() -> Bool { true }

    package func admit(_ head: HTTPRequestHead, to route: Route) -> Caller {
        Caller(name: nil, role: .owner, mayCreate: true)
    }
}
