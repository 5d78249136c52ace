internal import QuipuHTTPClient
public import QuipuReplication
internal import QuipuStorage

/// A client's credentials for a server, and what it trusts there.
public struct RemoteAccess: Sendable, Equatable {
    /// A secret: never printed, logged or put into a message.
    public var token: String?
    /// A PEM file of certificates to trust; nil for those that the system trusts.
    public var caFile: String?
    /// Allow an unencrypted exchange.
    public var allowsPlainHTTP = false
    /// The only key that the server's certificate may have, in the form of `HTTPSession.Configuration.pinnedPublicKey`; nil
    /// checks the certificate as usual.
    public var pinnedKey: String?
    /// Which replica the requests come from, for a server of `serve --share`.
    public var replica: String?

    public init(token: String? = nil, caFile: String? = nil, allowsPlainHTTP: Bool = false) {
        self.token = token
        self.caFile = caFile
        self.allowsPlainHTTP = allowsPlainHTTP
    }

    /// Applies this to a client's configuration.
    func apply(to configuration: inout HTTPSession.Configuration, for url: ArchiveURL) {
        configuration.caFile = caFile
        configuration.pinnedPublicKey = pinnedKey
        // A proxy would see requests that are meant for this machine alone.
        if url.isLoopback { configuration.usesProxy = false }
    }

    /// Header fields for each request.
    ///
    /// - Parameter mark: the mark of the caller's archive, for the server to recognise it.
    /// - Throws: `ReplicationError.insecure`, before anything is sent.
    func headers(for url: ArchiveURL, mark: String? = nil) throws(ReplicationError) -> [(String, String)] {
        try url.requireSafety(unless: allowsPlainHTTP)
        var fields = [(ExchangeMedia.programField, mark ?? "1")]
        if let token { fields.append(("Authorization", "Bearer " + token)) }
        if let replica { fields.append((ExchangeMedia.replicaField, replica)) }
        return fields
    }
}

extension ArchiveURL {
    /// - Throws: `ReplicationError.insecure` if the exchange would be unencrypted.
    public func requireSafety(unless isAllowed: Bool = false) throws(ReplicationError) {
        guard isReadableByOthers, !isAllowed else { return }
        throw ReplicationError(
            .insecure, "\(base) is plain HTTP: others on the network could read and change what is exchanged",
            hint: "nothing was sent; use https, or an SSH tunnel", remedy: Remedy(.allowPlainHTTP)
        )
    }

    /// Whether requests leave this machine unencrypted.
    public var isReadableByOthers: Bool { !isEncrypted && !isLoopback }

    var isEncrypted: Bool { base.lowercased().hasPrefix("https://") }

    /// Whether the host is this machine.
    var isLoopback: Bool {
        let authority = base.split(separator: "/").dropFirst().first.map { $0.lowercased() } ?? ""
        if authority == "[::1]" || authority.hasPrefix("[::1]:") { return true }
        let host = authority.split(separator: ":", omittingEmptySubsequences: false)[0]
        if host == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
