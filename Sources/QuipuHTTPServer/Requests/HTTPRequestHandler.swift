/// Receives the body of one request as it arrives, and returns the response. One object for each request, used by one
/// thread at a time.
public protocol HTTPRequestHandler: AnyObject {
    /// The next bytes of the body, valid during the call only. A thrown `HTTPErrorResponse` ends the request with its
    /// response, an `HTTPRequestError` with the configured response, anything else with a 500; neither `receive` nor
    /// `finish` is called afterwards.
    func receive(_ bytes: UnsafeRawBufferPointer) throws

    /// The body is complete: returns the response.
    func finish() -> HTTPResponse

    /// The connection ended before the body did. Does nothing by default.
    func cut()
}

extension HTTPRequestHandler {
    public func cut() {}
}

/// What to do with a request, decided on its head.
public enum HTTPDisposition {
    /// Respond at once. A body is dropped.
    case respond(HTTPResponse)
    /// Receive the body, then respond.
    case accept(any HTTPRequestHandler)
    /// Respond with the result of this closure, which may take long: it is called on its own thread. The request must
    /// have no body.
    case deferred(@Sendable () -> HTTPResponse)
}

/// Thrown from `HTTPRequestHandler.receive` to refuse the rest of the body with a response.
public struct HTTPErrorResponse: Error, Sendable {
    public let response: HTTPResponse

    public init(_ response: HTTPResponse) { self.response = response }
}
