internal import Quipu

/// Who reaches a server and how much of it: the part of `serve` that keeps strangers out and load bounded.
enum ServeRules {
    static let options: [OptionDeclaration] = [
        .option(
            "tls-cert", value: "FILE", "serve TLS with this certificate and its chain, PEM", takes: .file),
        .option("tls-key", value: "FILE", "the certificate's private key, PEM", takes: .file),
        .flag("behind-proxy", "a proxy in front terminates TLS and sets X-Forwarded-For"),
        .option(
            "public-url", value: "URL",
            "the server's URL from outside, behind a proxy or a tunnel: requests under other host names are refused"
        ),
        .flag(
            "any-user",
            "answer other users of this machine too, as long as there are no tokens: each may read and change everything"
        ),
        .option("quota", value: "SIZE", "maximum size of an archive, for example 500MB or 2GB"),
        .option(
            "requests-per-second", value: "N", "maximum for one token; 0 for no limit (default 100)"),
        .option("connections", value: "N", "maximum number of open connections"),
        .option(
            "connections-per-address", value: "N",
            "maximum from one address; 0 for no limit (default 256, none on this machine or behind a proxy)"
        ),
        .option(
            "request-memory", value: "SIZE",
            "maximum for all requests in progress; others are asked to retry later (default 512MB)"),
    ]

    static func apply(_ values: ParsedArguments, to options: inout ServerOptions) throws(UsageError) {
        try values.requireTogether(["tls-cert", "tls-key"])
        if let chain = values.option("tls-cert"), let key = values.option("tls-key") {
            options.certificate = .init(chainFile: chain, keyFile: key)
        }
        options.isBehindProxy = values.flag("behind-proxy")
        do throws(QuipuError) {
            if let url = values.option("public-url") { try options.setPublicURL(url) }
        } catch {
            throw UsageError("--public-url \(error.message)", hint: error.hint)
        }
        options.admitsAnyUser = values.flag("any-user")
        options.quotaBytes = try values.size("quota")
        let perSecond = try values.integer("requests-per-second", in: 0...1_000_000)
        if let perSecond { options.requestsPerSecond = perSecond > 0 ? perSecond : nil }
        options.maximumConnections = try values.integer("connections", in: 16...500_000)
        options.maximumConnectionsPerAddress = try values.integer(
            "connections-per-address", in: 0...500_000)
        options.requestMemoryBytes = try values.size("request-memory") ?? options.requestMemoryBytes
    }

    /// Takes what is in the files now. What cannot be used leaves the certificate that is there.
    static func renewCertificate(of server: Server, _ output: Output, _ log: ServerLog?) {
        do {
            try server.renewCertificate()
            let words = "the certificate was reloaded"
            if let log { log.log(.info, words) } else { output.advise(words) }
        } catch {
            let words = "the previous certificate stays in use: \(ErrorPresentation(error).message)"
            if let log { log.log(.error, words) } else { output.warn(words) }
        }
    }
}
