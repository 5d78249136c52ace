/// Takes the body of one request as it arrives and answers it. One object a request, used by one thread at a
/// time.
public protocol HTTPRequestHandler: AnyObject {
    /// The next bytes of the body, valid during the call only. A thrown `HTTPErrorResponse` ends the request with
    /// its response, an `HTTPRequestError` with what is configured for it, anything else with a 500; neither `receive` nor `finish` is called again.
    func receive(_ bytes: UnsafeRawBufferPointer) throws

    /// The body is complete.
    func finish() -> HTTPResponse

    /// The connection ended before the body did: nobody waits for an answer. Does nothing unless the exchange says so.
    func cut()
}

extension HTTPRequestHandler {
    public func cut() {}
}

/// What is to happen with a request, decided on its head.
public enum HTTPDisposition {
    /// Answer at once. The body, if there is one, is never shown to anyone.
    case respond(HTTPResponse)
    /// Take the body, then answer.
    case accept(any HTTPRequestHandler)
    /// Answer with what this returns, which may take long: it is called on a thread of its own. The body, if there is
    /// one, is never shown to anyone.
    case deferred(@Sendable () -> HTTPResponse)
}

/// Thrown from `HTTPRequestHandler.receive`: no more of this body, here is the answer.
public struct HTTPErrorResponse: Error, Sendable {
    public let response: HTTPResponse

    public init(_ response: HTTPResponse) { self.response = response }
}
