extension HTTPSession {
    /// How long to wait, and how much to take.
    public struct Configuration: Sendable {
        /// For name, connection and TLS together.
        public var connectTimeoutMilliseconds = 10_000
        /// A request during which not one byte moves either way for so long is given up. A server that thinks
        /// longer before it answers counts as stalled.
        public var stallTimeoutSeconds = 60
        /// The same on a clock that goes on while the machine sleeps, so that a link which did not live through that is
        /// given up at once; also for replies of a few bytes now and then, for which the other is too coarse and is
        /// off. nil sets no such bound.
        public var silenceTimeoutMilliseconds: Int?
        /// For the whole request; nil sets no such bound.
        public var totalTimeoutMilliseconds: Int?
        /// A longer body is an error, `.tooLarge`.
        public var maximumResponseBytes: UInt64 = 1 << 30
        /// Status line and header fields together; more is an error, `.tooLarge`.
        public var maximumHeaderBytes = 32 << 10
        public var userAgent = "quipu"
        /// A file of trusted certificates, PEM. nil takes the one that `CURL_CA_BUNDLE` or `SSL_CERT_FILE`
        /// names, else the system's.
        public var caFile: String?
        /// SHA-256 of the public key that the server's certificate must have, as `sha256//` and base64 of the hash of its
        /// SubjectPublicKeyInfo (RFC 7469, section 2.4). It takes the place of all other trust: any certificate with this key
        /// is accepted, whatever its names and dates are, and none without it. Such a session uses https, TLS 1.3 and no proxy.
        /// nil checks the certificate as usual.
        public var pinnedPublicKey: String?
        /// Whether the environment's proxies are used.
        public var usesProxy = true
        /// Whether connections to this machine and to the networks it is in are refused (`.privateAddress`), whatever name
        /// leads there. Where a proxy of the environment is used, which looks up the name, only the host's text is judged.
        public var refusesPrivateAddresses = false

        public init() {}
    }
}
