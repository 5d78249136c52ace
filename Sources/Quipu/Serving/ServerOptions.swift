internal import Glibc
internal import QuipuHTTPServer
internal import QuipuHosting
internal import QuipuStorage

/// How a server listens, and its limits.
///
///     var options = ServerOptions()
///     try options.listen(at: "0.0.0.0:8420")
///     options.certificate = .init(chainFile: "chain.pem", keyFile: "key.pem")
public struct ServerOptions: Sendable {
    /// PEM files of a TLS certificate.
    public struct Certificate: Sendable {
        public let chainFile: String
        public let keyFile: String

        /// Names the two files, which are read when the server starts.
        public init(chainFile: String, keyFile: String) {
            self.chainFile = chainFile
            self.keyFile = keyFile
        }
    }

    var address = ListenAddress.standard
    var publicURL: PublicURL?
    /// Nil means plain HTTP.
    public var certificate: Certificate?
    /// A proxy in front of the server terminates TLS and sets X-Forwarded-For.
    public var isBehindProxy = false
    /// Maximum size of an archive in bytes, at least 1; nil means no limit.
    public var quotaBytes: Int?
    /// Maximum memory of all concurrent requests in bytes, at least 1; further requests are told to retry later.
    public var requestMemoryBytes = 512 << 20
    /// Maximum requests per second of one token, 1 to 1,000,000; nil means no limit.
    public var requestsPerSecond: Int? = 100
    /// Maximum number of connections, 4 to 1,000,000; nil means as many as the system allows.
    public var maximumConnections: Int?
    /// Maximum number of connections from one address, up to 1,000,000; 0 means no limit. Nil means 256, and no limit on the loopback address
    /// and behind a proxy, where many clients share an address.
    public var maximumConnectionsPerAddress: Int?
    /// Seconds without progress after which a connection is closed, up to a day; nil means 60.
    public var timeoutSeconds: Int?
    /// Maximum number of event streams, 0 to 1,000,000; nil means as many as the limit on open files allows.
    public var maximumWatchers: Int?
    /// Seconds between heartbeats on an idle event stream, 1 to 3,600.
    public var heartbeatSeconds = 20
    /// The author of edits over HTTP whose caller has no token; nil for the author that the archive was opened for.
    public var author: String?
    /// Answers other users of this machine as long as there are no tokens.
    public var admitsAnyUser = false
    /// The version that the metrics page reports.
    public var version = "unknown"
    /// Gets a line for each request.
    package var log: ServerLog?

    /// The default maximum number of watchers.
    package static let standardWatchers = QuipuHosting.Server.Configuration().maximumWatchers

    /// The default options; see each property.
    public init() {}

    /// Sets the address to listen on.
    ///
    /// - Parameter address: `HOST:PORT`; port 0 selects a free port.
    /// - Throws: `bad-location` for an invalid address.
    public mutating func listen(at address: String) throws(QuipuError) {
        self.address = try QuipuError.presenting { try ListenAddress(address) }
    }

    /// Sets the URL under which clients reach the server through a proxy or a tunnel. Requests with another host are refused.
    ///
    /// - Throws: `bad-location` for an invalid URL.
    public mutating func setPublicURL(_ url: String) throws(QuipuError) {
        publicURL = try QuipuError.presenting { try PublicURL(url) }
    }

    /// The public URL as it was set; nil if it was not.
    public var publicURLText: String? { publicURL?.text }

    /// As it stands in the files now.
    func readCertificate() throws -> HTTPListener.Certificate? {
        guard let certificate else { return nil }
        return .init(
            chain: try Self.text(of: certificate.chainFile), key: try Self.text(of: certificate.keyFile))
    }

    func configuration() throws -> QuipuHosting.Server.Configuration {
        try requireValid()
        var configuration = QuipuHosting.Server.Configuration()
        configuration.address = address
        configuration.timeoutSeconds = timeoutSeconds
        configuration.requestLog = log?.logger
        configuration.version = version
        if let maximumWatchers { configuration.maximumWatchers = maximumWatchers }
        configuration.heartbeatMilliseconds = heartbeatSeconds * 1_000
        configuration.isBehindProxy = isBehindProxy
        configuration.publicURL = publicURL
        configuration.certificate = try readCertificate()
        configuration.admitsAnyUser = admitsAnyUser
        configuration.limits = RequestLimits(
            quotaBytes: quotaBytes, requestMemoryBytes: requestMemoryBytes)
        configuration.requestsPerSecond = requestsPerSecond
        configuration.maximumConnections = maximumConnections
        // All clients share a proxy's address, and this machine needs no protection from itself.
        let isShared = isBehindProxy || address.isLoopback
        let perAddress = maximumConnectionsPerAddress ?? (isShared ? 0 : 256)
        configuration.maximumConnectionsPerAddress = perAddress > 0 ? perAddress : nil
        return configuration
    }

    private static func text(of path: String) throws -> String {
        guard let text = SmallFile.text(path, maximumBytes: 1 << 20) else {
            throw QuipuError(
                .inputOutput, "the file \(path) cannot be read: \(String(cString: strerror(errno)))",
                hint: "check the path, and that who runs the server may read it")
        }
        return text
    }
}

/// Logs what a server does for its operator, a line for each event.
package struct ServerLog: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        case text, json
    }

    package enum Level: Sendable {
        case info, warning, error
    }

    package enum Value: Sendable {
        case text(String)
        case integer(Int64)
    }

    let logger: Logger

    /// - Parameter descriptor: the output; closed at the end if `ownsDescriptor`.
    /// - Returns: nil if the system gives no thread.
    package init?(
        descriptor: Int32, ownsDescriptor: Bool, format: Format, in environment: ArchiveEnvironment
    ) {
        let logger = Logger(
            descriptor: descriptor, ownsDescriptor: ownsDescriptor,
            format: format == .text ? .text : .json,
            nowMilliseconds: environment.stored.nowMilliseconds)
        guard let logger else { return nil }
        self.logger = logger
    }

    /// Returns at once: lines are dropped and counted if the reader is too slow.
    package func log(_ level: Level, _ message: String, _ facts: [(name: String, value: Value)] = []) {
        let level: Logger.Level =
            switch level {
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        logger.log(
            level, message,
            facts.map { fact in
                switch fact.value {
                case .text(let text): (fact.name, .text(text))
                case .integer(let number): (fact.name, .integer(number))
                }
            })
    }

    /// Writes the pending lines. Nothing may be logged after this.
    package func finish() { logger.finish() }
}
