internal import CQuipuCurl

extension HTTPClientError.Code {
    /// - Parameters:
    ///   - isConnected: whether there was a connection (with TLS, for https) to send the request on.
    ///   - message: libcurl's message; it has one code for a reset connection and for malformed chunks.
    init(_ result: CURLcode, isConnected: Bool, message: String) {
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT,
            CURLE_INTERFACE_FAILED, CURLE_PROXY:
            self = .unreachable
        case CURLE_OPERATION_TIMEDOUT:
            self = isConnected ? .timedOut : .unreachable
        case CURLE_RECV_ERROR where message.contains("chunk"), CURLE_WEIRD_SERVER_REPLY,
            CURLE_BAD_CONTENT_ENCODING, CURLE_UNSUPPORTED_PROTOCOL:
            // libcurl calls a reply without a status line ("HTTP/0.9") unsupported; the scheme was checked before.
            self = .protocolViolation
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR,
            CURLE_SEND_FAIL_REWIND:
            self = .cut
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            self = .otherKey
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CLIENTCERT:
            self = .tls
        case CURLE_FILESIZE_EXCEEDED:
            self = .tooLarge
        case CURLE_URL_MALFORMAT:
            self = .badURL
        default:
            self = .failed
        }
    }
}
