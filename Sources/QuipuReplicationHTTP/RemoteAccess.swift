internal import QuipuHTTPClient
public import QuipuReplication
internal import QuipuStorage

/// What a client shows to a server and what it trusts there.
public struct RemoteAccess: Sendable, Equatable {
    /// A secret: never printed, logged or put into a message.
    public var token: String?
    /// A file of certificates, PEM, that the server's may be vouched for by; nil for those that the system trusts.
    public var caFile: String?
    /// Exchange also where others on the way can read and change it.
    public var allowsPlainHTTP = false

    public init(token: String? = nil, caFile: String? = nil, allowsPlainHTTP: Bool = false) {
        self.token = token
        self.caFile = caFile
        self.allowsPlainHTTP = allowsPlainHTTP
    }

    /// What it means for a client that speaks to this server.
    func apply(to configuration: inout HTTPSession.Configuration, for url: ArchiveURL) {
        configuration.caFile = caFile
        // A proxy that everything goes through would see what is meant for this machine alone.
        if url.isLoopback { configuration.usesProxy = false }
    }

    /// Header fields that go with each request.
    ///
    /// - Parameter mark: of the caller's own archive, for a server to know it by.
    /// - Throws: `ReplicationError.insecure`, before anything is sent.
    func headers(for url: ArchiveURL, mark: String? = nil) throws(ReplicationError) -> [(String, String)] {
        try url.requireSafety(unless: allowsPlainHTTP)
        let program = (ExchangeMedia.programField, mark ?? "1")
        guard let token else { return [program] }
        return [program, ("Authorization", "Bearer " + token)]
    }
}

extension ArchiveURL {
    /// - Throws: `ReplicationError.insecure` where others could read on the way what is exchanged.
    public func requireSafety(unless isAllowed: Bool = false) throws(ReplicationError) {
        guard isReadableByOthers, !isAllowed else { return }
        throw ReplicationError(
            .insecure, "\(base) is plain HTTP: others on the way could read and change what is exchanged",
            hint: "nothing was sent; use https, or an SSH tunnel", remedy: Remedy(.allowPlainHTTP)
        )
    }

    /// Whether it is plain HTTP that leaves this machine.
    public var isReadableByOthers: Bool { !isEncrypted && !isLoopback }

    var isEncrypted: Bool { base.lowercased().hasPrefix("https://") }

    /// Whether it is this machine.
    var isLoopback: Bool {
        let authority = base.split(separator: "/").dropFirst().first.map { $0.lowercased() } ?? ""
        if authority == "[::1]" || authority.hasPrefix("[::1]:") { return true }
        let host = authority.split(separator: ":", omittingEmptySubsequences: false)[0]
        if host == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
