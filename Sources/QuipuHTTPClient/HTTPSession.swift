internal import CQuipuCurl

/// An HTTP/1.1 client for one thread, which reuses its connection.
///
/// Another thread may cancel its requests (`canceller`).
///
/// Only http and https are supported; redirections are reported and not followed; cookies are not kept. Proxies are
/// taken from the environment, as curl reads it (`http_proxy`, `HTTPS_PROXY`, `NO_PROXY`, …).
public final class HTTPSession {
    private let configuration: Configuration
    /// nil if memory ran out; then every request fails with that error.
    private let handle: UnsafeMutableRawPointer?
    /// Holds the connections; nil if memory ran out.
    private let multi: UnsafeMutableRawPointer?
    /// Cancels requests, from any thread.
    public let canceller: Canceller

    public init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
        handle = CurlLibrary.isReady ? curl_easy_init() : nil
        multi = CurlLibrary.isReady ? curl_multi_init() : nil
        canceller = Canceller(waking: multi)
        if let multi { quipu_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 2) }
    }

    deinit {
        canceller.forget()
        curl_easy_cleanup(handle)
        if let multi { CurlLibrary.withoutSIGPIPE { _ = curl_multi_cleanup(multi) } }
    }

    /// Sends a request and returns when the response has ended. Any status is a response, not an error.
    ///
    /// - Parameters:
    ///   - onHead: called once, before the body; throwing ends the request with `.aborted`.
    ///   - onBody: called with each part of the body as it arrives, which is valid during the call only; throwing
    ///     ends the request with `.aborted`. Parts may have arrived before an error: do not take them for the whole.
    public func send(
        _ request: HTTPClientRequest,
        onHead: (HTTPClientResponse.Head) throws -> Void = { _ in },
        onBody: (UnsafeRawBufferPointer) throws -> Void
    ) throws(HTTPClientError) -> HTTPClientResponse {
        let url = try RequestURL(request.url)
        let result = withoutActuallyEscaping(onHead) { onHead in
            withoutActuallyEscaping(onBody) { onBody in
                Result { () throws(HTTPClientError) in
                    try self.perform(request, to: url, onHead: onHead, onBody: onBody)
                }
            }
        }
        return try result.get()
    }

    /// Sends a request and collects the body (at most `maximumResponseBytes`, as configured).
    public func collect(
        _ request: HTTPClientRequest
    ) throws(HTTPClientError) -> (response: HTTPClientResponse, body: [UInt8]) {
        var body: [UInt8] = []
        let response = try send(request) { body.append(contentsOf: $0) }
        return (response, body)
    }

    private func perform(
        _ request: HTTPClientRequest, to url: RequestURL,
        onHead: @escaping (HTTPClientResponse.Head) throws -> Void,
        onBody: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws(HTTPClientError) -> HTTPClientResponse {
        guard let handle, let multi, let headers = HeaderList(of: request) else {
            throw HTTPClientError(code: .failed, url: url.shown, message: "out of memory")
        }
        if let flaw = request.flaw { throw HTTPClientError(code: .badRequest, url: url.shown, message: flaw) }
        var bytes: [UInt8] = []
        if case .bytes(let given) = request.body { bytes = given }
        let transfer = Transfer(
            configuration: configuration, body: request.body, onHead: onHead, onBody: onBody)
        var words = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let refusesPrivate = configuration.refusesPrivateAddresses
        if refusesPrivate, url.isPrivateText { throw Self.privateAddress(url) }
        let wasRefused = UnsafeMutablePointer<Bool>.allocate(capacity: 1)
        wasRefused.initialize(to: false)
        defer { wasRefused.deallocate() }
        let outcome = words.withUnsafeMutableBufferPointer { words -> TransferLoop.Outcome in
            bytes.withUnsafeBytes { bytes in
                withExtendedLifetime((transfer, headers)) {
                    // Keeps the connection, and clears pointers into an earlier request.
                    curl_easy_reset(handle)
                    let options = CurlOptions(handle: handle)
                    options.set(configuration)
                    options.set(request, url: url, body: bytes, headers: headers)
                    options.set(transfer, words: words.baseAddress)
                    if refusesPrivate {
                        options.forbidPrivate(noting: wasRefused, usesProxy: configuration.usesProxy)
                    }
                    if let failure = options.failure { return .done(failure) }
                    let performance = TransferLoop(
                        multi: multi, easy: handle, canceller: canceller,
                        silenceMilliseconds: configuration.silenceTimeoutMilliseconds.map { Int64($0) })
                    return CurlLibrary.withoutSIGPIPE {
                        performance.run { transfer.bytesSent + transfer.bytesReceived }
                    }
                }
            }
        }
        // No pointer into this call's memory may remain afterwards.
        defer { curl_easy_reset(handle) }
        let result: CURLcode
        switch outcome {
        case .done(let code): result = code
        case .cancelled:
            throw HTTPClientError(code: .cancelled, url: url.shown, message: "stopped by the caller")
        case .silent:
            throw HTTPClientError(
                code: .timedOut, url: url.shown,
                message: "nothing came for \((configuration.silenceTimeoutMilliseconds ?? 0) / 1_000) seconds"
            )
        }
        guard result == CURLE_OK else {
            if wasRefused.pointee { throw Self.privateAddress(url) }
            throw failure(result, of: transfer, to: url, words: String(nulTerminated: words))
        }
        guard let head = transfer.head else {
            // libcurl takes the end of the connection for the end of the header.
            throw HTTPClientError(code: .cut, url: url.shown, message: "the reply ended in its header")
        }
        return HTTPClientResponse(
            status: head.status, headers: head.headers,
            bytesSent: transfer.bytesSent, bytesReceived: transfer.bytesReceived,
            milliseconds: Int(size(CURLINFO_TOTAL_TIME_T) / 1000),
            reusedConnection: long(CURLINFO_NUM_CONNECTS) == 0,
            isFromPrivateAddress: isAtPrivateAddress)
    }

    private func failure(
        _ result: CURLcode, of transfer: Transfer, to url: RequestURL, words: String
    ) -> HTTPClientError {
        if let stop = transfer.stop {
            return HTTPClientError(
                code: stop.code, url: url.shown, message: stop.message, underlying: stop.underlying)
        }
        let message = words.isEmpty ? String(cString: curl_easy_strerror(result)) : words
        // The time at which the request was about to be sent; 0 if it never was.
        let isConnected = size(CURLINFO_PRETRANSFER_TIME_T) > 0
        return HTTPClientError(
            code: .init(result, isConnected: isConnected, message: message), url: url.shown, message: message)
    }

    private static func privateAddress(_ url: RequestURL) -> HTTPClientError {
        HTTPClientError(
            code: .privateAddress, url: url.shown,
            message: "it leads to this machine or to the network that it is in")
    }

    private var isAtPrivateAddress: Bool {
        var text: UnsafePointer<CChar>?
        quipu_curl_get_string(handle, CURLINFO_PRIMARY_IP, &text)
        return text.map { quipu_is_private_text($0) } ?? false
    }

    private func size(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        quipu_curl_get_size(handle, info, &value)
        return Int64(value)
    }

    private func long(_ info: CURLINFO) -> Int {
        var value = 0
        quipu_curl_get_long(handle, info, &value)
        return value
    }
}

extension String {
    fileprivate init(nulTerminated bytes: [CChar]) {
        self.init(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
