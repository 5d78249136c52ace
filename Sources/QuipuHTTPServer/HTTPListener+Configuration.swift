extension HTTPListener {
    /// Where to listen, and the bounds. Everything that a peer can make grow has one here.
    public struct Configuration: Sendable {
        /// A numeric address or a name; the first address of a name that can be bound is taken.
        public var host = "127.0.0.1"
        /// 0 takes a free one.
        public var port: UInt16 = 0
        /// nil speaks plain HTTP.
        public var certificate: Certificate?
        /// Each serves many connections, one request at a time: a handler that blocks holds up the others of
        /// its thread.
        public var threads = 4
        /// A further one is answered once, with 503, and closed. Where there are many of those, others wait in the
        /// system's queue.
        public var maximumConnections = 1024
        /// A further one of the same address is answered once, with 429, and closed; beyond twice as many they are
        /// closed unanswered. nil sets no such bound.
        public var maximumConnectionsPerAddress: Int?
        /// Request line and header fields; more is answered 431 or 414. A connection takes about twice as
        /// much memory.
        public var maximumHeaderBytes = 8 << 10
        /// More is answered 413, before the body where its length is announced.
        public var maximumBodyBytes: UInt64 = 64 << 20
        /// How much of a refused body is read and dropped so that the connection can go on; above that, the
        /// connection is closed after the answer.
        public var maximumDiscardBytes: UInt64 = 256 << 10
        /// A connection on which nothing moves for so long is closed.
        public var idleTimeoutSeconds = 60
        /// From a request's first line to the end of its header fields, however steadily they trickle.
        public var headTimeoutSeconds = 20
        /// From the end of the header fields to that of the body; nil sets no such bound. Sending the answer
        /// is bounded by `idleTimeoutSeconds` only, as it may be long and the link slow.
        public var bodyTimeoutSeconds: Int? = 600
        /// What is said where the transport itself refuses a request.
        public var refusal: @Sendable (HTTPRequestError) -> HTTPResponse = { $0.plainResponse }

        /// Makes somebody to go along with each request.
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
    /// What is impossible about it, if anything.
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

    /// Where the library itself stops taking connections. It shares this out among its threads, and connections do
    /// not fall to them evenly.
    var connectionLimit: Int { maximumConnections + min(512, max(64, maximumConnections / 4)) }

    /// What the library may take for a connection: it keeps half for reading, and needs the rest for the
    /// parsed fields and the reply's header.
    var connectionMemoryBytes: Int { 2 * maximumHeaderBytes + (8 << 10) }
}
