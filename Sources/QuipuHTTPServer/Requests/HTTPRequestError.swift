/// Why the transport itself refuses a request. The configuration decides on the response.
public enum HTTPRequestError: Error, Sendable, Equatable {
    /// Not HTTP, or HTTP that no well-behaved client sends.
    case malformed(reason: String)
    case unknownTransferEncoding
    case headerTooLarge(limitBytes: Int)
    case bodyTooLarge(limitBytes: UInt64)
    /// The server has reached its limit of connections.
    case tooManyConnections
    /// The address has reached its limit of connections.
    case tooManyConnectionsOfAddress
    /// Another user of this machine asks.
    case otherUser
    case stopping
    /// The handler failed, or returned a response that HTTP cannot carry.
    case failed

    public var status: Int {
        switch self {
        case .malformed: 400
        case .unknownTransferEncoding: 501
        case .headerTooLarge: 431
        case .bodyTooLarge: 413
        case .tooManyConnectionsOfAddress: 429
        case .otherUser: 403
        case .tooManyConnections, .stopping: 503
        case .failed: 500
        }
    }

    /// For people, without a full stop.
    public var reason: String {
        switch self {
        case .malformed(let reason): "This is not a request that can be answered: \(reason)"
        case .unknownTransferEncoding: "The only supported Transfer-Encoding is chunked"
        case .headerTooLarge(let limit):
            "The request's header is larger than \(limit) bytes, the limit of this server"
        case .bodyTooLarge(let limit): "The body is larger than \(limit) bytes, the limit of this server"
        case .tooManyConnections: "The server has reached its limit of connections"
        case .tooManyConnectionsOfAddress: "This address has reached its limit of connections"
        case .otherUser: "This server answers the user that runs it, and you are another one"
        case .stopping: "The server is stopping"
        case .failed: "The request could not be handled"
        }
    }

    /// As `text/plain`.
    public var plainResponse: HTTPResponse { .text(status: status, reason + ".\n") }
}
