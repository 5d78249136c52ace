internal import QuipuHosting
internal import QuipuReplicationHTTP
internal import QuipuStorage

/// A token as its holder has it: what a client shows to a server. It is a secret, and never printed but once.
public struct TokenText: Sendable {
    /// What tokens begin with.
    public static let prefix = TokenSecret.prefix

    public let text: String
    /// What the token is called where it is listed and revoked, which is no secret.
    public let id: String

    /// Nil for what is no token.
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
    /// Remembers the token for a remote on a server: in a file of the archive's folder that only its owner reads. It is sent
    /// to that server only.
    ///
    /// - Parameters:
    ///   - name: the remote's.
    ///   - link: plain HTTP is remembered as well, where it is allowed.
    ///   - ask: gives the token; is told what it is for, `https://quipu.example/press`.
    /// - Throws: `insecure-link` for plain HTTP that nobody has allowed, before anybody is asked; `badOption` where the
    ///   remote is a folder; what `ask` throws.
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

    /// Forgets the token for a remote. The server still takes it from others who have it, until it is revoked there.
    ///
    /// - Returns: false where there was none.
    /// - Throws: `unknownRemote`; `badOption` where the remote is a folder.
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

    /// The remotes, each with what its token is called; nil where none is remembered.
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
