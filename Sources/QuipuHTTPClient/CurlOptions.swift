internal import CQuipuCurl

/// Sets options on a handle and stores the first failure, so that no request is sent without a limit that it should
/// have.
final class CurlOptions {
    private let handle: UnsafeMutableRawPointer
    private(set) var failure: CURLcode?

    init(handle: UnsafeMutableRawPointer) { self.handle = handle }

    func set(_ configuration: HTTPSession.Configuration) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_BUFFERSIZE, 128 << 10)
        set(CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10)
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, configuration.connectTimeoutMilliseconds))
        if configuration.silenceTimeoutMilliseconds == nil {
            set(CURLOPT_LOW_SPEED_LIMIT, 1)
            set(CURLOPT_LOW_SPEED_TIME, max(1, configuration.stallTimeoutSeconds))
        }
        if let total = configuration.totalTimeoutMilliseconds { set(CURLOPT_TIMEOUT_MS, max(1, total)) }
        set(CURLOPT_USERAGENT, configuration.userAgent)
        // libcurl reads neither variable; the curl command reads both.
        let caFile =
            configuration.caFile ?? CurlLibrary.environment("CURL_CA_BUNDLE")
            ?? CurlLibrary.environment("SSL_CERT_FILE")
        if let caFile { set(CURLOPT_CAINFO, caFile) }
        if let key = configuration.pinnedPublicKey {
            pin(key)
        } else if !configuration.usesProxy {
            set(CURLOPT_NOPROXY, "*")
        }
    }

    /// Trusts one key and nothing else. These belong together: libcurl compares the key only if there is a certificate, and
    /// in TLS 1.2 a server could choose a cipher without one; a proxy would be told where the request goes. libcurl checks
    /// the pin after the handshake, before it sends anything (CURLOPT_PINNEDPUBLICKEY(3)). If one of them cannot be set,
    /// nothing is sent.
    private func pin(_ key: String) {
        set(CURLOPT_PROTOCOLS_STR, "https")
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_3))
        set(CURLOPT_PINNEDPUBLICKEY, key)
        set(CURLOPT_SSL_VERIFYPEER, 0)
        set(CURLOPT_SSL_VERIFYHOST, 0)
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOPROXY, "*")
    }

    /// `body` and `headers` must outlive the request.
    func set(
        _ request: HTTPClientRequest, url: RequestURL, body: UnsafeRawBufferPointer, headers: HeaderList
    ) {
        set(CURLOPT_URL, url.text)
        switch request.body {
        case .none where request.method == "HEAD":
            set(CURLOPT_NOBODY, 1)
        case .none where request.method == "POST" || request.method == "PUT":
            // These two announce the length of a body even where there is none (RFC 9110, section 8.6).
            set(CURLOPT_POSTFIELDSIZE_LARGE, size: 0)
            set(CURLOPT_POSTFIELDS, "")
        case .none:
            set(CURLOPT_HTTPGET, 1)
        case .bytes:
            set(CURLOPT_POSTFIELDSIZE_LARGE, size: UInt64(body.count))
            // An empty array may have no address, and libcurl would then call the read callback.
            if let start = body.baseAddress, !body.isEmpty {
                note(
                    quipu_curl_set_pointer(
                        handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: start)))
            } else {
                set(CURLOPT_POSTFIELDS, "")
            }
        case .stream(let length, _):
            set(CURLOPT_UPLOAD, 1)
            if let length { set(CURLOPT_INFILESIZE_LARGE, size: length) }
        }
        set(CURLOPT_CUSTOMREQUEST, request.method)
        note(quipu_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers.first))
    }

    /// `transfer` and `words` (of `CURL_ERROR_SIZE`) must outlive the request.
    func set(_ transfer: Transfer, words: UnsafeMutablePointer<CChar>?) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        note(quipu_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, words))
        for option in [
            CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA, CURLOPT_DEBUGDATA,
        ] {
            note(quipu_curl_set_pointer(handle, option, context))
        }
        note(
            quipu_curl_set_transfer(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                guard let transfer = Transfer.behind(context) else { return 0 }
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return transfer.receiveHeaderLine(line) ? line.count : 0
            })
        note(
            quipu_curl_set_transfer(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                guard let transfer = Transfer.behind(context) else { return 0 }
                let part = UnsafeRawBufferPointer(start: bytes, count: size * count)
                // Any result except the part's size stops the transfer, so a part of no bytes needs a 1.
                return transfer.receiveBody(part) ? part.count : (part.isEmpty ? 1 : 0)
            })
        note(
            quipu_curl_set_transfer(handle, CURLOPT_READFUNCTION) { bytes, size, count, context in
                guard let transfer = Transfer.behind(context) else { return Int(CURL_READFUNC_ABORT) }
                let space = UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
                return transfer.produce(into: space) ?? Int(CURL_READFUNC_ABORT)
            })
        note(
            quipu_curl_set_seek(handle) { context, offset, _ in
                let canRewind = offset == 0 && Transfer.behind(context)?.isAtStart == true
                return canRewind ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
            })
        // libcurl's own counts leave out the framing of chunks, and count a short body twice if it is sent together
        // with the header; this callback sees all bytes written and read.
        set(CURLOPT_VERBOSE, 1)
        note(
            quipu_curl_set_debug(handle) { _, kind, _, count, context in
                Transfer.behind(context)?.count(kind, bytes: count)
                return 0
            })
    }

    /// `refused` must outlive the request.
    func forbidPrivate(noting refused: UnsafeMutablePointer<Bool>, usesProxy: Bool) {
        if usesProxy, CurlLibrary.hasProxy {
            // The proxy may itself be in this network. No host goes past it, as NO_PROXY would let some.
            set(CURLOPT_NOPROXY, "")
        } else {
            note(quipu_curl_forbid_private(handle, refused))
        }
    }

    private func set(_ option: CURLoption, _ value: Int) { note(quipu_curl_set_long(handle, option, value)) }

    private func set(_ option: CURLoption, _ value: String) {
        note(quipu_curl_set_string(handle, option, value))
    }

    private func set(_ option: CURLoption, size: UInt64) {
        note(quipu_curl_set_size(handle, option, curl_off_t(clamping: size)))
    }

    private func note(_ result: CURLcode) {
        if result != CURLE_OK, failure == nil { failure = result }
    }
}

extension Transfer {
    fileprivate static func behind(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    fileprivate func count(_ kind: curl_infotype, bytes: Int) {
        switch kind {
        case CURLINFO_HEADER_OUT, CURLINFO_DATA_OUT: bytesSent += UInt64(bytes)
        case CURLINFO_HEADER_IN, CURLINFO_DATA_IN: bytesReceived += UInt64(bytes)
        default: break
        }
    }
}
