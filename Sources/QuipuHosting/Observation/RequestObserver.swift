package import QuipuHTTPServer
internal import QuipuThreads

/// Observes one request, and then logs a line and updates the metrics.
///
/// Neither contains a request's body, its query, or a token.
///
/// `@unchecked Sendable`: used by one thread at a time, as `HTTPRequestObserver` states.
package final class RequestObserver: HTTPRequestObserver, @unchecked Sendable {
    /// Set by the router.
    package var route: Route?
    package var callerName: String?

    private let observers: RequestObserverFactory
    private let beganNanoseconds = MonotonicClock.nanoseconds()
    private var method = ""
    private var givenID: String?
    private var madeID: String?
    private var problem: String?

    init(_ observers: RequestObserverFactory) { self.observers = observers }

    package func received(_ head: HTTPRequestHead) {
        method = head.method
        givenID = RequestID.given(in: head.headers)
    }

    /// A successful response is kept short: it has the request's id only if the caller sent one.
    package func willAnswer(_ response: inout HTTPResponse) {
        problem = response.label
        if givenID != nil || response.status >= 400 { response.headers.append((RequestID.field, id)) }
    }

    package func ended(_ outcome: HTTPRequestOutcome) {
        let nanoseconds = MonotonicClock.nanoseconds() - beganNanoseconds
        let label = route?.label ?? "none"
        observers.metrics.note(
            RequestMeasurement(
                route: label, method: method, outcome: outcome, nanoseconds: nanoseconds, problem: problem))
        guard let logger = observers.logger else { return }
        var metadata: Logger.Metadata = [("id", .text(id))]
        if let archive = route?.archive { metadata.append(("archive", .text(archive))) }
        metadata += [("route", .text(label)), ("method", .text(method.isEmpty ? "none" : method))]
        if let status = outcome.status { metadata.append(("status", .integer(Int64(status)))) }
        metadata += [
            ("bytesIn", .integer(Int64(clamping: outcome.receivedBytes))),
            ("bytesOut", .integer(Int64(clamping: outcome.sentBytes))),
            ("milliseconds", .nanoseconds(nanoseconds)),
        ]
        if let callerName { metadata.append(("caller", .text(callerName))) }
        if let problem { metadata.append(("problem", .text(problem))) }
        if !outcome.isComplete { metadata.append(("cut", .text("yes"))) }
        logger.log(.info, "request", metadata)
    }

    private var id: String {
        if let known = givenID ?? madeID { return known }
        let made = observers.nextID()
        madeID = made
        return made
    }
}
