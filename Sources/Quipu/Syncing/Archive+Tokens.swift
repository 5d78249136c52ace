internal import QuipuHosting
internal import QuipuReplicationHTTP
internal import QuipuStorage

/// The secret text of an access token, which a client sends to a server.
public struct TokenText: Sendable {
    /// The prefix of every token.
    public static let prefix = TokenSecret.prefix

    public let text: String
    /// The public identifier of the token, by which it is listed and revoked.
    public let id: String

    /// Nil if the text does not have the form of a token.
    public init?(_ text: String) {
        guard let secret = TokenSecret(text) else { return nil }
        self.init(secret)
    }

    init(_ secret: TokenSecret) {
        text = secret.text
        id = secret.hash.id.text
    }
}

extension Archive {
    /// Stores the token for a remote on a server, in a file in the archive's folder that only its owner can read. It is sent
    /// only to that server.
    ///
    /// - Parameters:
    ///   - name: the remote's.
    ///   - certificateFile: a PEM file of certificates that may sign the server's; nil keeps the current setting.
    ///   - allowsPlainHTTP: allows plain HTTP to this remote, now and later.
    ///   - ask: returns the token; receives the address that it is for, such as `https://quipu.example/press`.
    /// - Throws: `insecure-link`, before `ask` is called, if the remote uses plain HTTP that is not allowed; `badOption` if it
    ///   is a folder; errors of `ask`.
    @discardableResult
    public func storeToken(
        for name: String, certificateFile: String? = nil, allowsPlainHTTP: Bool = false,
        _ ask: (_ address: String) throws -> TokenText
    ) throws -> TokenText {
        try QuipuError.relaying {
            try stores.with { store in
                let remote = try store.remotes.named(name)
                let url = try Self.url(of: remote, store)
                var credentials = try Credentials(in: store.folder.path)
                var access = credentials[url]
                if let certificateFile { access.caFile = certificateFile }
                try url.requireSafety(
                    unless: access.allowsPlainHTTP || remote.isInsecure || allowsPlainHTTP)
                let token = try ask("\(url.base)/\(url.name)")
                if allowsPlainHTTP { try store.remotes.noteInsecure(remote: remote.name) }
                access.token = token.text
                credentials[url] = access
                try credentials.save()
                return token
            }
        }
    }

    /// Removes the stored token for a remote. The token stays valid until the server revokes it.
    ///
    ///     try archive.forgetToken(for: "office")
    ///
    /// - Returns: false if no token was stored.
    /// - Throws: `unknownRemote`; `badOption` if the remote is a folder.
    @discardableResult
    public func forgetToken(for name: String) throws(QuipuError) -> Bool {
        try QuipuError.presenting {
            try stores.with { store in
                let url = try Self.url(of: store.remotes.named(name), store)
                var credentials = try Credentials(in: store.folder.path)
                let wasStored = credentials[url].token != nil
                credentials[url].token = nil
                credentials[url].allowsPlainHTTP = false
                try credentials.save()
                return wasStored
            }
        }
    }

    /// All remotes with the identifier of the stored token, nil if there is none.
    ///
    /// - Throws: `QuipuError` if the remotes or the stored tokens cannot be read.
    public func remotesWithTokens() throws(QuipuError) -> [(remote: Remote, tokenID: String?)] {
        try QuipuError.presenting {
            try stores.with { store in
                let remotes = try store.remotes.all()
                let credentials = try Credentials(in: store.folder.path)
                return try remotes.map { remote in
                    let url = ArchiveURL.isURL(remote.location) ? try ArchiveURL(remote.location) : nil
                    let token = url.flatMap { credentials[$0].token }.flatMap { TokenText($0)?.id }
                    return (Remote(remote), token)
                }
            }
        }
    }

    private static func url(of remote: QuipuStorage.Remote, _ store: Store) throws -> ArchiveURL {
        guard ArchiveURL.isURL(remote.location) else {
            throw QuipuError(.badOption, "the remote '\(remote.name)' is a folder, and needs no token")
        }
        return try ArchiveURL(remote.location, defaultName: try store.name)
    }
}
