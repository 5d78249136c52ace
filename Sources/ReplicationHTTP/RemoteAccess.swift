internal import HTTPClient
public import Replication

/// What a client shows to a server and what it trusts there.
public struct RemoteAccess: Sendable, Equatable {
    /// A secret: never printed, logged or put into a message.
    public var token: String?
    /// A file of certificates, PEM, that the server's may be vouched for by; nil for those that the system trusts.
    public var caFile: String?
    /// Send the token also where others on the way can read it.
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
    /// - Throws: `ReplicationError.insecure`, before anything is sent.
    func headers(for url: ArchiveURL) throws(ReplicationError) -> [(String, String)] {
        let program = (ExchangeMedia.programField, "1")
        guard let token else { return [program] }
        try url.requireSafety(unless: allowsPlainHTTP)
        return [program, ("Authorization", "Bearer " + token)]
    }
}

extension ArchiveURL {
    /// - Throws: `ReplicationError.insecure` where a token could be read on the way.
    public func requireSafety(unless isAllowed: Bool = false) throws(ReplicationError) {
        if isAllowed || isEncrypted || isLoopback { return }
        throw ReplicationError(
            .insecure, "a token would go to \(base) where everybody on the way can read it",
            hint: "use https, or an SSH tunnel; where the way is safe: quipu remote login --allow-plain-http")
    }

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
