internal import QuipuHosting
internal import QuipuStorage

/// Serves an archive over HTTP until it is stopped: others clone it, exchange changes with it and hear of news.
///
///     let server = try Server(archive)
///     print(server.url)           // http://127.0.0.1:8420; the archive is at http://127.0.0.1:8420/press
///     server.stop()
///
/// Without tokens (`AccessTokens`) only this machine is served: other addresses are refused.
public final class Server: Sendable {
    private let server: QuipuHosting.Server
    private let options: ServerOptions
    public let url: String

    /// - Parameters:
    ///   - address: `HOST:PORT`; port 0 takes a free port.
    ///   - onFault: receives messages for the operator that callers do not get. Called from any thread.
    /// - Throws: `bad-location` for an invalid address, or one that others reach without tokens; `address-in-use`.
    public convenience init(
        _ archive: Archive, at address: String = "127.0.0.1:8420",
        onFault: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(QuipuError) {
        var options = ServerOptions()
        try options.listen(at: address)
        try self.init(archive, options, onFault: onFault)
    }

    /// Serves an archive with options.
    ///
    /// - Throws: as `init(_:at:onFault:)`; `inputOutput` if the certificate cannot be read.
    public convenience init(
        _ archive: Archive, _ options: ServerOptions,
        onFault: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(QuipuError) {
        try self.init(ServedArchives(archive, in: .system), options, onFault: onFault)
    }

    package init(
        _ archives: ServedArchives, _ options: ServerOptions,
        onFault: @escaping @Sendable (String) -> Void
    ) throws(QuipuError) {
        server = try QuipuError.presenting {
            var configuration = try options.configuration()
            configuration.interface = RecordsInterface(
                author: try Archive.checked(options.author ?? archives.author ?? Self.nobody),
                onlyArchive: archives.onlyName, environment: archives.environment)
            return try QuipuHosting.Server(
                archives.backend, tokens: archives.tokens, as: configuration, reportFault: onFault)
        }
        self.options = options
        url = server.url
    }

    /// The author of edits where nobody is named.
    private static let nobody = "server"

    /// Reads the certificate files again; new connections use the new certificate.
    ///
    /// - Throws: if the certificate cannot be used; the old one stays in use.
    public func renewCertificate() throws(QuipuError) {
        try QuipuError.presenting {
            guard let certificate = try options.readCertificate() else { return }
            try server.replaceCertificate(certificate)
        }
    }

    /// Accepts no new requests, waits for those in progress, and returns.
    ///
    /// - Parameter graceMilliseconds: connections are closed under requests that take longer.
    public func stop(graceMilliseconds: Int = 10_000) { server.stop(graceMilliseconds: graceMilliseconds) }

    /// Lets this process have as many connections as the system grants. Once, before threads start.
    package static func raiseFileLimit() { OpenFiles.raiseLimit() }
}

/// The archives that a server serves: one, those of a folder, or those of a PostgreSQL database, and who may do what with
/// them.
package final class ServedArchives: Sendable {
    let backend: any ArchiveBackend
    let tokens: any TokenStore
    private let database: DatabaseBackend?
    /// The name that requests use; `NAME` if there may be many.
    package let shownName: String
    /// The one archive; nil if there may be many.
    let onlyName: String?
    /// The author that the one archive was opened for.
    let author: String?
    let environment: Environment

    /// One archive, under its name.
    package init(_ archive: Archive, in environment: ArchiveEnvironment) {
        let folder = archive.stores.folder
        backend = FolderBackend(.single(folder, name: archive.name), environment: environment.stored)
        tokens = FileTokenStore(in: folder.path)
        database = nil
        shownName = archive.name
        onlyName = archive.name
        author = archive.author.isEmpty ? nil : archive.author
        self.environment = environment.stored
    }

    /// Those of a folder, each by the name of its own folder.
    ///
    /// - Parameter createsArchives: create missing archives with the first push.
    /// - Throws: `noArchive` if the folder cannot be created.
    package init(
        ofFolder folder: String, createsArchives: Bool, in environment: ArchiveEnvironment
    ) throws(QuipuError) {
        try ServedFolder.prepare(folder)
        backend = FolderBackend(
            .directory(folder, createsArchives: createsArchives), environment: environment.stored)
        tokens = FileTokenStore(in: folder)
        database = nil
        shownName = "NAME"
        (onlyName, author, self.environment) = (nil, nil, environment.stored)
    }

    /// Those of a database, which several servers may share. It has threads: signals must be blocked before.
    ///
    /// - Parameters:
    ///   - address: `postgres://…`; what it leaves out comes from the `PG…` variables and the password file.
    ///   - cache: the folder for copies of archives; nil for a temporary one.
    package init(
        ofDatabase address: String, cache: String?, createsArchives: Bool,
        in environment: ArchiveEnvironment, onFault: @escaping @Sendable (String) -> Void
    ) throws(QuipuError) {
        let database = try QuipuError.presenting {
            try DatabaseBackend(
                address, cache: cache, createsArchives: createsArchives, environment: environment.stored,
                report: onFault)
        }
        backend = database
        tokens = database.tokens
        self.database = database
        shownName = "NAME"
        (onlyName, author, self.environment) = (nil, nil, environment.stored)
    }

    /// Whether the address of a database has a password in it, which others could read on a command line.
    package static func hasPassword(inAddress address: String) -> Bool {
        DatabaseBackend.hasPassword(address)
    }

    package func close() { database?.close() }
}
