internal import CQuipuMicroHTTPD

/// One request, from its request line until its response has been sent or its connection has ended.
///
/// libmicrohttpd calls the access handler once with the head, then with each part of the body, then once more. A
/// response in the first call closes the connection, so only requests that require that are answered there: those
/// whose body cannot be delimited reliably, and those with a body too long to be read and dropped. All other
/// responses wait for the last call.
final class Request {
    private enum Phase {
        case begun
        case receiving(any HTTPRequestHandler)
        case discarding(HTTPResponse)
        case preparing(@Sendable () -> HTTPResponse)
        case sleeping(DeferredResponse)
        case answered
    }

    private let core: ServerCore
    private let connection: WatchedConnection?
    /// The request target as received, up to a zero byte; nil if the request line had none.
    private let target: String?
    private var phase = Phase.begun
    private var framing = Framing.none
    private var receivedBytes: UInt64 = 0
    private var discardedBytes: UInt64 = 0
    private let observer: (any HTTPRequestObserver)?
    private var isHead = false
    private var sentResponse: SentResponse?
    private var isCut = false
    /// The response's body, if it stays open.
    private var openBody: PushBody?

    init(core: ServerCore, connection: WatchedConnection?, target: String?) {
        self.core = core
        self.connection = connection
        self.target = target
        observer = core.configuration.makeObserver?()
        connection?.setDeadline(afterSeconds: core.configuration.headTimeoutSeconds)
        core.requestBegan()
    }

    /// libmicrohttpd has finished the request, however it went.
    func end(_ code: MHD_RequestTerminationCode) {
        if case .sleeping(let deferred) = phase { deferred.join() }
        if case .receiving(let exchange) = phase { exchange.cut() }
        if let observer {
            // A response that was written directly to the socket counts as sent.
            let isComplete = sentResponse != nil && (code == .REQUEST_TERMINATED_COMPLETED_OK || isCut)
            observer.ended(
                HTTPRequestOutcome(
                    status: sentResponse?.status, isComplete: isComplete, receivedBytes: receivedBytes,
                    sentBytes: sentResponse?.sentBytes(isComplete: isComplete) ?? 0))
        }
        if let openBody {
            core.openBodies.remove(openBody)
            openBody.finish()
        }
        connection?.setOpenBody(nil)
        connection?.setWaiting(true)
        let configuration = core.configuration
        connection?.setDeadline(
            afterSeconds: configuration.idleTimeoutSeconds + configuration.headTimeoutSeconds)
        core.requestEnded()
    }

    /// The head or the body is complete. False closes the connection.
    func proceed(
        on handle: OpaquePointer, method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?
    ) -> Bool {
        connection?.setWaiting(false)
        switch phase {
        case .begun:
            defer { connection?.setWaiting(!isAnswered) }
            return decide(on: handle, method: method, version: version)
        case .receiving(let exchange):
            return answer(exchange.finish(), on: handle)
        case .discarding(let response):
            return answer(response, on: handle)
        case .preparing(let make):
            let deferred = DeferredResponse(on: handle, core: core)
            phase = .sleeping(deferred)
            deferred.begin(make)
            return true
        case .sleeping(let deferred):
            return deferred.take().map { answer($0, on: handle) } ?? true
        case .answered:
            return true
        }
    }

    /// The next bytes of the body. False closes the connection.
    func receive(_ bytes: UnsafeRawBufferPointer, on handle: OpaquePointer) -> Bool {
        connection?.setWaiting(false)
        defer { connection?.setWaiting(!isAnswered) }
        switch phase {
        case .receiving(let exchange):
            let (total, overflows) = receivedBytes.addingReportingOverflow(UInt64(bytes.count))
            receivedBytes = total
            let limit = core.configuration.maximumBodyBytes
            if overflows || total > limit {
                return refuse(described(.bodyTooLarge(limitBytes: limit)), on: handle)
            }
            do {
                try exchange.receive(bytes)
                return true
            } catch let rejection as HTTPErrorResponse {
                return refuse(rejection.response, on: handle)
            } catch {
                return refuse(described(error as? HTTPRequestError ?? .failed), on: handle)
            }
        case .discarding(let response):
            receivedBytes &+= UInt64(bytes.count)
            discardedBytes &+= UInt64(bytes.count)
            if discardedBytes > core.configuration.maximumDiscardBytes {
                return cut(after: response, on: handle)
            }
            return true
        case .begun, .preparing, .sleeping, .answered:
            return false
        }
    }

    private var isAnswered: Bool {
        if case .answered = phase { return true }
        return false
    }

    private func decide(
        on handle: OpaquePointer, method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?
    ) -> Bool {
        connection?.setDeadline(afterSeconds: core.configuration.bodyTimeoutSeconds)
        var head: HTTPRequestHead
        do throws(HTTPRequestError) {
            head = try HTTPRequestHead(of: handle, method: method, target: target)
            framing = try Framing(of: head.headers, version: version.map { String(cString: $0) } ?? "")
            if quipu_MHD_header_size(handle) > core.configuration.maximumHeaderBytes {
                throw .headerTooLarge(limitBytes: core.configuration.maximumHeaderBytes)
            }
        } catch {
            return answerAndClose(described(error), on: handle)
        }
        isHead = head.method == "HEAD"
        head.localPort = core.port
        if let observer {
            head.observer = observer
            observer.received(head)
        }
        if let refusal { return answerAndClose(described(refusal), on: handle) }
        switch core.handler(head) {
        case .accept(let exchange):
            phase = .receiving(exchange)
        case .deferred(let make):
            guard core.deferredResponseCount < DeferredResponse.maximumCount, framing.isEmpty else {
                let refusal: HTTPRequestError =
                    framing.isEmpty
                    ? .tooManyConnections
                    : .malformed(reason: "it has a body, and this address accepts none")
                return answerAndClose(described(refusal), on: handle)
            }
            phase = .preparing(make)
        case .respond(let response):
            let expectsContinue = head.headers["Expect"] != nil
            guard framing.isEmpty || (!expectsContinue && canDiscardRest) else {
                return answerAndClose(response, on: handle)
            }
            phase = .discarding(response)
        }
        return true
    }

    /// Whether the size of the rest of the body is known and small enough to read and drop.
    private var canDiscardRest: Bool {
        guard let length = framing.lengthBytes else { return false }
        return length - min(length, receivedBytes) <= core.configuration.maximumDiscardBytes
    }

    /// Refuses the rest of the body: it is dropped if it is small, otherwise the connection is closed.
    private func refuse(_ response: HTTPResponse, on handle: OpaquePointer) -> Bool {
        guard canDiscardRest || framing.lengthBytes == nil else { return cut(after: response, on: handle) }
        phase = .discarding(response)
        return true
    }

    /// libmicrohttpd accepts no response in the middle of a body, so the response is written directly to the socket.
    private func cut(after response: HTTPResponse, on handle: OpaquePointer) -> Bool {
        phase = .answered
        isCut = true
        var response = response
        note(&response)
        if !core.isEncrypted {
            EarlyResponse(response).send(to: quipu_MHD_socket(handle))
        }
        core.lingering.take(quipu_MHD_socket(handle))
        return false
    }

    /// In the first call of the access handler only; the rest of the request is ignored.
    private func answerAndClose(_ response: HTTPResponse, on handle: OpaquePointer) -> Bool {
        core.lingering.take(quipu_MHD_socket(handle))
        return answer(response, on: handle)
    }

    private func answer(_ response: HTTPResponse, on handle: OpaquePointer) -> Bool {
        phase = .answered
        connection?.setDeadline(afterSeconds: nil)
        var response = response
        note(&response)
        if case .push(let body) = response.body { keepOpen(body, on: handle) }
        let closes = core.isDraining || connection?.excess != nil
        guard
            let prepared = PreparedResponse(
                response, closes: closes, isHead: isHead, fallback: described(.failed))
        else { return false }
        return prepared.queue(on: handle)
    }

    /// Why a request with a valid head is refused.
    private var refusal: HTTPRequestError? {
        if let excess = connection?.excess { return excess }
        if core.isDraining { return .stopping }
        let limit = core.configuration.maximumBodyBytes
        if let length = framing.lengthBytes, length > limit { return .bodyTooLarge(limitBytes: limit) }
        return nil
    }

    private func described(_ refusal: HTTPRequestError) -> HTTPResponse {
        core.configuration.refusal(refusal)
    }

    private func keepOpen(_ body: PushBody, on handle: OpaquePointer) {
        openBody = body
        body.begin(on: handle) { [connection] waits in connection?.setWaiting(waits) }
        core.openBodies.add(body)
        connection?.setOpenBody(body)
        connection?.boundSendBuffer()
    }

    private func note(_ response: inout HTTPResponse) {
        guard let observer else { return }
        observer.willAnswer(&response)
        sentResponse = SentResponse(&response, isHead: isHead)
    }
}
