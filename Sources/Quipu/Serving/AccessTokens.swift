internal import Glibc
internal import QuipuHosting
internal import QuipuStorage

/// What a token may do with an archive; each role may do what those before it may.
public enum TokenRole: String, Sendable, CaseIterable {
    /// Takes what is there.
    case reader
    /// Also sends.
    case writer
    /// Also makes the archive with the first push.
    case owner
}

/// What a server keeps of a token: all but the secret. Times are Unix milliseconds.
public struct TokenRecord: Sendable {
    public enum State: String, Sendable {
        case valid, expired, revoked
    }

    /// What it is called where it is listed and revoked; no secret.
    public let id: String
    /// What people call it, to know it again.
    public let label: String?
    /// The name of the archive that it is for; nil for every one, and what is about the server itself.
    public let archive: String?
    /// Nil where it is for the server as a whole.
    public let role: TokenRole?
    public let createdAtMilliseconds: Int64
    public let expiresAtMilliseconds: Int64?
    public let revokedAtMilliseconds: Int64?
    public let lastUsedAtMilliseconds: Int64?
    public let state: State
}

/// Who may do what with the archives of a server. What is changed here, servers that run notice with the next request.
///
///     let tokens = AccessTokens(of: archive)
///     let (token, secret) = try tokens.add(.writer, for: archive.name, label: "Ana Ruiz")
///     print(secret.text)      // once; nobody can read it later
public final class AccessTokens: Sendable {
    let store: any TokenStore
    private let environment: Environment

    init(_ store: any TokenStore, in environment: Environment) {
        self.store = store
        self.environment = environment
    }

    /// Those of one archive, which is served under its name.
    public convenience init(of archive: Archive) {
        self.init(FileTokenStore(in: archive.stores.folder.path), in: .system)
    }

    /// Those of one archive, in a world.
    package convenience init(of archive: Archive, in environment: ArchiveEnvironment) {
        self.init(FileTokenStore(in: archive.stores.folder.path), in: environment.stored)
    }

    /// Those of a folder of archives, which is made where it is not there.
    ///
    /// - Throws: `noArchive` where the folder above it is not there either.
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

    /// Makes a token. With the first one a server lets nobody in any more who has none.
    ///
    /// - Parameters:
    ///   - role: nil for a token that opens every archive as its owner, and what is about the server itself.
    ///   - archive: the name under which an archive is served.
    ///   - label: whose it is, or what it is for.
    /// - Returns: what is kept of it, and the token, which is shown this once.
    public func add(
        _ role: TokenRole?, for archive: String, label: String? = nil, expiresAtMilliseconds: Int64? = nil
    ) throws(QuipuError) -> (record: TokenRecord, secret: TokenText) {
        try QuipuError.presenting {
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

    /// All of them, the expired and the revoked too, in the order made.
    public func list() throws(QuipuError) -> [TokenRecord] {
        let now = environment.nowMilliseconds()
        return try QuipuError.presenting { try store.list().map { TokenRecord($0, at: now) } }
    }

    /// Takes a token back: it opens nothing from now on.
    ///
    /// - Parameter id: as `list` shows it.
    /// - Returns: false where there is no such token.
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
    /// Made if it is not there, as the archives in it are; its own parent must exist, or it is a typing error.
    package static func prepare(_ root: String) throws(QuipuError) {
        guard mkdir(root, 0o755) == 0 || access(root, R_OK | X_OK) == 0 else {
            throw QuipuError(
                .noArchive, "the folder \(root) cannot be served: \(String(cString: strerror(errno)))",
                hint: "make it first: mkdir -p \(root)")
        }
    }

    /// Names of folders in it that hold an archive and cannot be asked for under their names, sorted.
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
    /// Whether an archive may be called so: `[a-z0-9][a-z0-9_-]{0,63}`.
    public static func isValidName(_ name: String) -> Bool { Store.isValidName(name) }
}
