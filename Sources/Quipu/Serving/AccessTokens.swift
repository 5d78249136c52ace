internal import Glibc
internal import QuipuHosting
internal import QuipuStorage

/// The rights of a token; each role includes those before it.
public enum TokenRole: String, Sendable, CaseIterable {
    /// Fetches changes.
    case reader
    /// Also sends changes.
    case writer
    /// Also creates the archive with the first push.
    case owner
}

/// A token as a server stores it, without its secret. Times are Unix milliseconds.
public struct TokenRecord: Sendable {
    public enum State: String, Sendable {
        case valid, expired, revoked
    }

    /// The public identifier, by which the token is listed and revoked.
    public let id: String
    /// A description chosen by people.
    public let label: String?
    /// The archive that the token is for; nil if it is for the whole server.
    public let archive: String?
    /// Nil if it is for the whole server.
    public let role: TokenRole?
    public let createdAtMilliseconds: Int64
    public let expiresAtMilliseconds: Int64?
    public let revokedAtMilliseconds: Int64?
    public let lastUsedAtMilliseconds: Int64?
    public let state: State
}

/// The access tokens of a server. Running servers apply changes with their next request.
///
///     let tokens = AccessTokens(of: archive)
///     let (token, secret) = try tokens.add(.writer, for: archive.name, label: "Ana Ruiz")
///     print(secret.text)      // once; nobody can read it later
public final class AccessTokens: Sendable {
    let store: any TokenStore
    private let environment: Environment
    /// The name of the only archive that these tokens can be for; nil if there are several.
    private let onlyName: String?

    private static let maximumLabelBytes = 256

    init(_ store: any TokenStore, in environment: Environment, onlyFor onlyName: String? = nil) {
        self.store = store
        self.environment = environment
        self.onlyName = onlyName
    }

    /// The tokens of one archive, which is served under its name.
    public convenience init(of archive: Archive) {
        self.init(FileTokenStore(in: archive.stores.folder.path), in: .system, onlyFor: archive.name)
    }

    /// Those of one archive, in a world.
    package convenience init(of archive: Archive, in environment: ArchiveEnvironment) {
        self.init(
            FileTokenStore(in: archive.stores.folder.path), in: environment.stored, onlyFor: archive.name)
    }

    /// Those of a folder of archives, which is created if it does not exist.
    ///
    /// - Throws: `noArchive` if the folder above it does not exist either.
    package convenience init(
        ofFolder folder: String, in environment: ArchiveEnvironment
    ) throws(QuipuError) {
        try ServedFolder.prepare(folder)
        self.init(FileTokenStore(in: folder), in: environment.stored)
    }

    /// Those of the archives in a PostgreSQL database.
    package convenience init(
        ofDatabase address: String, in environment: ArchiveEnvironment
    ) throws(QuipuError) {
        let store = try QuipuError.presenting {
            try DatabaseTokenStore(at: address, environment: environment.stored)
        }
        self.init(store, in: environment.stored)
    }

    /// Creates a token. Once there is a token, a server refuses requests without one.
    ///
    /// - Parameters:
    ///   - role: nil creates a token for the whole server, which is owner of every archive.
    ///   - archive: the name under which the archive is served.
    ///   - label: a description, such as the holder's name: one line of at most 256 bytes.
    ///   - expiresAtMilliseconds: Unix milliseconds; nil means never.
    /// - Returns: the stored record, and the secret, which cannot be read again later.
    /// - Throws: `badName` for an archive's name or a label that is none; `noSuchArchive` if these are the tokens of an archive of
    ///   another name.
    public func add(
        _ role: TokenRole?, for archive: String, label: String? = nil, expiresAtMilliseconds: Int64? = nil
    ) throws(QuipuError) -> (record: TokenRecord, secret: TokenText) {
        if role != nil { try requireServed(archive) }
        if let label {
            guard !label.isEmpty, label.utf8.count <= Self.maximumLabelBytes,
                !label.unicodeScalars.contains(where: GivenText.isHidden)
            else {
                throw QuipuError(
                    .badName, "a token's label is one line of text of at most \(Self.maximumLabelBytes) bytes"
                )
            }
        }
        return try QuipuError.presenting {
            let now = environment.nowMilliseconds()
            let secret = TokenSecret(bytes: environment.randomBytes(TokenSecret.randomBytes))
            let scope: AccessToken.Scope =
                role.flatMap { Role(rawValue: $0.rawValue) }.map { .archive(archive, $0) } ?? .server
            let token = AccessToken(
                id: secret.hash.id, hash: secret.hash, label: label, scope: scope, createdAt: now,
                expiresAt: expiresAtMilliseconds)
            try store.add(token)
            return (TokenRecord(token, at: now), TokenText(secret))
        }
    }

    private func requireServed(_ archive: String) throws(QuipuError) {
        guard Store.isValidName(archive) else {
            throw QuipuError(.badName, "a token is for an archive by its name: '\(archive)' is none")
        }
        guard let onlyName, archive != onlyName else { return }
        throw QuipuError(
            .noSuchArchive, "these are the tokens of the archive '\(onlyName)', not of '\(archive)'")
    }

    /// All tokens in the order of creation, including expired and revoked ones.
    ///
    /// - Throws: `QuipuError` if the tokens cannot be read.
    public func list() throws(QuipuError) -> [TokenRecord] {
        let now = environment.nowMilliseconds()
        return try QuipuError.presenting { try store.list().map { TokenRecord($0, at: now) } }
    }

    /// Revokes a token, effective at once.
    ///
    /// - Parameter id: the identifier from `list`.
    /// - Returns: false if there is no such token.
    /// - Throws: `QuipuError` if the tokens cannot be stored.
    @discardableResult
    public func revoke(_ id: String) throws(QuipuError) -> Bool {
        try QuipuError.presenting {
            guard let id = TokenID(id) else { return false }
            return try store.revoke(id, atMilliseconds: environment.nowMilliseconds())
        }
    }
}

extension TokenRecord {
    fileprivate init(_ token: AccessToken, at now: Int64) {
        id = token.id.text
        label = token.label
        switch token.scope {
        case .server: (archive, role) = (nil, nil)
        case .archive(let name, let given): (archive, role) = (name, TokenRole(rawValue: given.rawValue))
        }
        createdAtMilliseconds = token.createdAt
        expiresAtMilliseconds = token.expiresAt
        revokedAtMilliseconds = token.revokedAt
        lastUsedAtMilliseconds = token.lastUsedAt
        state =
            switch token.state(atMilliseconds: now) {
            case .valid: .valid
            case .expired: .expired
            case .revoked: .revoked
            }
    }
}

/// A folder of archives that are served.
package enum ServedFolder {
    /// Created if it does not exist, as the archives in it are; its parent must exist, to catch typing errors.
    package static func prepare(_ root: String) throws(QuipuError) {
        guard mkdir(root, 0o755) == 0 || access(root, R_OK | X_OK) == 0 else {
            throw QuipuError(
                .noArchive, "the folder \(root) cannot be served: \(String(cString: strerror(errno)))",
                hint: "make it first: mkdir -p \(root)")
        }
    }

    /// Names of its folders that hold an archive but are not valid archive names, sorted.
    package static func passedOver(in root: String) -> [String] {
        guard let listing = opendir(root) else { return [] }
        defer { closedir(listing) }
        var found: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." || Store.isValidName(name) { continue }
            if ArchiveFolder.at(root + "/" + name) != nil { found.append(name) }
        }
        return found.sorted()
    }
}

extension Archive {
    /// Whether a text is a valid archive name: `[a-z0-9][a-z0-9_-]{0,63}`.
    public static func isValidName(_ name: String) -> Bool { Store.isValidName(name) }
}
