internal import QuipuHosting
internal import QuipuStorage

/// Serves an archive over HTTP until it is stopped: others clone it, exchange changes with it and hear of news.
///
///     let server = try Server(archive)
///     print(server.url)           // http://127.0.0.1:8420; the archive is at http://127.0.0.1:8420/press
///     server.stop()
///
/// Without tokens only this machine is served: other addresses are refused.
public final class Server: Sendable {
    private let server: QuipuHosting.Server
    public let url: String

    /// - Parameters:
    ///   - address: `HOST:PORT`; port 0 takes one that is free.
    ///   - onFault: is told, in words for who runs the server, what callers are not. From any thread.
    /// - Throws: `bad-location` for an address that is none, or that others reach without tokens; `address-in-use`.
    public init(
        _ archive: Archive, at address: String = "127.0.0.1:8420",
        onFault: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(QuipuError) {
        server = try QuipuError.presenting {
            var configuration = QuipuHosting.Server.Configuration()
            configuration.address = try ListenAddress(address)
            let backend = FolderBackend(.single(archive.stores.folder, name: archive.name))
            return try QuipuHosting.Server(
                backend, tokens: FileTokenStore(in: archive.stores.folder.path), as: configuration,
                reportFault: onFault)
        }
        url = server.url
    }

    /// Takes no new requests, lets those under way end, and returns.
    ///
    /// - Parameter graceMilliseconds: connections are closed under requests that take longer.
    public func stop(graceMilliseconds: Int = 10_000) { server.stop(graceMilliseconds: graceMilliseconds) }
}
