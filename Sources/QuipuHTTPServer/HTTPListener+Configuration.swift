extension HTTPListener {
    /// Where to listen, and all limits on what a peer can make grow.
    public struct Configuration: Sendable {
        /// A numeric address or a name; the first of its addresses that can be bound is used.
        public var host = "127.0.0.1"
        /// 0 lets the system choose a free port.
        public var port: UInt16 = 0
        /// nil for plain HTTP.
        public var certificate: Certificate?
        /// Refuses clients that know TLS 1.2 only.
        public var requiresTLS13 = false
        /// Each thread serves many connections, one request at a time: a handler that blocks delays the others of its
        /// thread.
        public var threads = 4
        /// Further connections are answered once, with 503, and closed. If there are many of those, others wait in
        /// the kernel's queue.
        public var maximumConnections = 1024
        /// Further connections from the same address are answered once, with 429, and closed; beyond twice as many
        /// they are closed unanswered. nil for no limit.
        public var maximumConnectionsPerAddress: Int?
        /// Asked for each new connection with the user at its other end, nil if the kernel does not tell: false answers the
        /// connection once, with 403, and closes it. For servers that only this machine reaches; nil admits everybody.
        public var admitsUser: (@Sendable (_ user: UInt32?) -> Bool)?
        /// Request line and header fields; more is answered with 431 or 414. A connection takes about twice as much
        /// memory.
        public var maximumHeaderBytes = 8 << 10
        /// More is answered with 413, before the body if its length is announced.
        public var maximumBodyBytes: UInt64 = 64 << 20
        /// How much of a refused body is read and dropped so that the connection can be reused; for more, the
        /// connection is closed after the response.
        public var maximumDiscardBytes: UInt64 = 256 << 10
        /// A connection that is idle for this time is closed.
        public var idleTimeoutSeconds = 60
        /// From a request's first line to the end of its header fields, even if they arrive steadily.
        public var headTimeoutSeconds = 20
        /// From the end of the header fields to the end of the body; nil for no limit. Sending the response is
        /// limited by `idleTimeoutSeconds` only, as it may be long and the link slow.
        public var bodyTimeoutSeconds: Int? = 600
        /// The response for requests that the transport itself refuses.
        public var refusal: @Sendable (HTTPRequestError) -> HTTPResponse = { $0.plainResponse }

        /// Creates an observer for each request.
        public var makeObserver: (@Sendable () -> any HTTPRequestObserver)?

        public init() {}
    }

    /// A certificate (chain) and its private key, both PEM.
    public struct Certificate: Sendable {
        public var chain: String
        public var key: String

        public init(chain: String, key: String) {
            self.chain = chain
            self.key = key
        }
    }
}

extension HTTPListener.Configuration {
    /// What is invalid about the configuration, if anything.
    var flaw: String? {
        if host.isEmpty || host.utf8.contains(0) { return "the host is empty or no name" }
        if !(1...1024).contains(threads) { return "threads must be 1 to 1024" }
        if !(threads...1_000_000).contains(maximumConnections) {
            return "maximumConnections must be at least one a thread, and at most 1,000,000"
        }
        if !(1...1_000_000).contains(maximumConnectionsPerAddress ?? 1) {
            return "maximumConnectionsPerAddress must be 1 to 1,000,000"
        }
        if !(1024...1 << 20).contains(maximumHeaderBytes) {
            return "maximumHeaderBytes must be 1 KiB to 1 MiB"
        }
        let day = 1...86_400
        if !day.contains(idleTimeoutSeconds) || !day.contains(headTimeoutSeconds)
            || !day.contains(bodyTimeoutSeconds ?? 1)
        {
            return "a timeout must be 1 second to a day"
        }
        return nil
    }

    /// The limit at which libmicrohttpd itself stops accepting connections. It divides this among its threads, and
    /// connections are not distributed evenly.
    var connectionLimit: Int { maximumConnections + min(512, max(64, maximumConnections / 4)) }

    /// The memory that libmicrohttpd may use for a connection: half for reading, the rest for the parsed fields and
    /// the response's header.
    var connectionMemoryBytes: Int { 2 * maximumHeaderBytes + (8 << 10) }
}
