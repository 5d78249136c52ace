internal import Glibc
internal import QuipuHTTPServer
internal import QuipuHosting
internal import QuipuStorage

/// How archives are served, and to whom.
///
///     var options = ServerOptions()
///     try options.listen(at: "0.0.0.0:8420")
///     options.certificate = .init(chainFile: "chain.pem", keyFile: "key.pem")
public struct ServerOptions: Sendable {
    /// Files, PEM, that TLS is spoken under.
    public struct Certificate: Sendable {
        public let chainFile: String
        public let keyFile: String

        public init(chainFile: String, keyFile: String) {
            self.chainFile = chainFile
            self.keyFile = keyFile
        }
    }

    var address = ListenAddress.standard
    var publicURL: PublicURL?
    /// Nil for plain HTTP.
    public var certificate: Certificate?
    /// A proxy before it speaks TLS and says where a request comes from.
    public var isBehindProxy = false
    /// How many bytes an archive may take; nil sets no bound.
    public var quotaBytes: Int?
    /// What all requests under way may take together; others are asked to come later.
    public var requestMemoryBytes = 512 << 20
    /// How often one token may ask; nil sets no bound.
    public var requestsPerSecond: Int? = 100
    /// How many connections there may be at a time; nil for as many as the system allows.
    public var maximumConnections: Int?
    /// Of these from one address; 0 sets no bound. Nil for 256, and none where an address is everybody's: on this machine
    /// and behind a proxy.
    public var maximumConnectionsPerAddress: Int?
    /// A connection on which nothing moves for so long is closed; nil for 60.
    public var timeoutSeconds: Int?
    /// How many may watch at a time; nil for as many as the limit on open files allows.
    public var maximumWatchers: Int?
    /// How often those who watch hear something where nothing happens.
    public var heartbeatSeconds = 20
    /// Which program serves, for those who watch over it.
    public var version = "unknown"
    /// Gets a line for each request.
    package var log: ServerLog?

    /// How many may watch where nobody says.
    package static let standardWatchers = QuipuHosting.Server.Configuration().maximumWatchers

    public init() {}

    /// - Parameter address: `HOST:PORT`; port 0 takes one that is free.
    /// - Throws: `bad-location` for what is no address.
    public mutating func listen(at address: String) throws(QuipuError) {
        self.address = try QuipuError.presenting { try ListenAddress(address) }
    }

    /// - Parameter url: what the server is called from outside, behind a proxy or a tunnel; requests under other names are
    ///   refused.
    /// - Throws: `bad-location` for what is no URL of a server.
    public mutating func setPublicURL(_ url: String) throws(QuipuError) {
        publicURL = try QuipuError.presenting { try PublicURL(url) }
    }

    /// As it was given; nil where it was not.
    public var publicURLText: String? { publicURL?.text }

    /// As it stands in the files now.
    func readCertificate() throws -> HTTPListener.Certificate? {
        guard let certificate else { return nil }
        return .init(
            chain: try Self.text(of: certificate.chainFile), key: try Self.text(of: certificate.keyFile))
    }

    func configuration() throws -> QuipuHosting.Server.Configuration {
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
        configuration.limits = RequestLimits(
            quotaBytes: quotaBytes, requestMemoryBytes: requestMemoryBytes)
        configuration.requestsPerSecond = requestsPerSecond
        configuration.maximumConnections = maximumConnections
        // A proxy's address is everybody's, and this machine is nobody's to protect it from.
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

/// Says what a server does, a line each, to whoever runs it.
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

    /// - Parameter descriptor: what is written to; closed at the end if `ownsDescriptor`.
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

    /// Returns at once: what the reader is too slow for is dropped and counted.
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

    /// Writes what waits. Nothing may be logged any more.
    package func finish() { logger.finish() }
}
