internal import Glibc
internal import QuipuHTTPServer
internal import QuipuHosting
internal import QuipuStorage

/// Who reaches a server and how much of it: the part of `serve` that keeps strangers out and load bounded.
struct ServeRules: Sendable {
    static let options: [OptionDeclaration] = [
        .option("tls-cert", value: "FILE", "speak TLS under this certificate and its chain, PEM"),
        .option("tls-key", value: "FILE", "the certificate's private key, PEM"),
        .flag("behind-proxy", "a proxy before it speaks TLS and sets X-Forwarded-For"),
        .option(
            "public-url", value: "URL",
            "what the server is called from outside, behind a proxy or a tunnel: requests under other names are refused"
        ),
        .option("quota", value: "SIZE", "how large an archive may become, as in 500MB or 2GB"),
        .option(
            "requests-per-second", value: "N", "how often one token may ask; 0 sets no bound (default 100)"),
        .option("connections", value: "N", "how many there may be at a time"),
        .option(
            "connections-per-address", value: "N",
            "of these from one address; 0 sets no bound (default 256, and none on this machine or behind a proxy)"
        ),
        .option(
            "request-memory", value: "SIZE",
            "what all requests under way may take together; others are asked to come later (default 512MB)"),
    ]

    private let certificatePath: String?
    private let keyPath: String?
    private let isBehindProxy: Bool
    private let publicURL: PublicURL?
    private let quotaBytes: Int?
    private let requestsPerSecond: Int
    private let connections: Int?
    private let connectionsPerAddress: Int?
    private let requestMemoryBytes: Int

    init(_ values: ParsedArguments) throws(UsageError) {
        try values.requireTogether(["tls-cert", "tls-key"])
        certificatePath = values.option("tls-cert")
        keyPath = values.option("tls-key")
        isBehindProxy = values.flag("behind-proxy")
        do throws(ListenAddress.Refusal) {
            publicURL = try values.option("public-url").map { (text) throws(ListenAddress.Refusal) in
                try PublicURL(text)
            }
        } catch {
            throw UsageError("--public-url \(error.message)", hint: error.hint)
        }
        quotaBytes = try values.size("quota")
        requestsPerSecond = try values.integer("requests-per-second", in: 0...1_000_000) ?? 100
        connections = try values.integer("connections", in: 16...500_000)
        connectionsPerAddress = try values.integer("connections-per-address", in: 0...500_000)
        requestMemoryBytes = try values.size("request-memory") ?? 512 << 20
    }

    /// Where others reach it, if it was said.
    var publicText: String? { publicURL?.text }

    var isEncrypted: Bool { certificatePath != nil }

    func apply(to configuration: inout Server.Configuration) throws {
        configuration.isBehindProxy = isBehindProxy
        configuration.publicURL = publicURL
        configuration.certificate = try certificate()
        configuration.limits = RequestLimits(
            quotaBytes: quotaBytes, requestMemoryBytes: requestMemoryBytes)
        configuration.requestsPerSecond = requestsPerSecond > 0 ? requestsPerSecond : nil
        configuration.maximumConnections = connections
        // A proxy's address is everybody's, and this machine is nobody's to protect it from.
        let isShared = isBehindProxy || configuration.address.isLoopback
        let perAddress = connectionsPerAddress ?? (isShared ? 0 : 256)
        configuration.maximumConnectionsPerAddress = perAddress > 0 ? perAddress : nil
    }

    /// As it is in the files now; nil where plain HTTP is spoken.
    func certificate() throws -> HTTPListener.Certificate? {
        guard let certificatePath, let keyPath else { return nil }
        return .init(chain: try Self.text(of: certificatePath), key: try Self.text(of: keyPath))
    }

    /// Takes what is in the files now. What cannot be used leaves the certificate that is there.
    func renewCertificate(of server: Server, _ output: Output, _ logger: Logger?) {
        do {
            guard let certificate = try certificate() else { return }
            try server.replaceCertificate(certificate)
            let words = "the certificate was read anew"
            if let logger { logger.log(.info, words) } else { output.advise(words) }
        } catch {
            let words = "the certificate that was there stays: \(ErrorPresentation(error).message)"
            if let logger { logger.log(.error, words) } else { output.warn(words) }
        }
    }

    private static func text(of path: String) throws -> String {
        guard let text = SmallFile.text(path, maximumBytes: 1 << 20) else {
            throw StorageError(
                .inputOutput, "the file \(path) cannot be read: \(String(cString: strerror(errno)))",
                hint: "check the path, and that who runs the server may read it")
        }
        return text
    }
}
