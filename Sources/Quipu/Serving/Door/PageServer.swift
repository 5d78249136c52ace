internal import Glibc
internal import QuipuHTTPServer
internal import QuipuHosting
internal import QuipuStorage
internal import QuipuThreads

/// Serves the page of an archive to the browsers of this user, on this machine alone.
///
///     let page = try PageServer(archive)
///     print(page.address())       // http://q2f….localhost:41873/#code=…: good for a minute, once
///     page.stop()
public final class PageServer: Sendable {
    /// What the page shows first.
    public enum Destination: Sendable, Equatable {
        case record(RecordID)
        /// What a query finds.
        case query(String)
    }

    /// An address with a code in it, and a file that leads there.
    package struct Entrance: Sendable {
        /// Good for a minute, once.
        package let address: String
        /// What to give a browser: a file that only this user can read; nil if none could be made.
        package let file: String?
    }

    /// `http://LABEL.localhost:PORT`.
    public let origin: String
    /// Another process uses the port that the archive was served at before, so a browser does not find what it kept for that.
    public let hasMoved: Bool
    private let server: QuipuHosting.Server
    private let door: SessionDoor
    private let reservation: ReservedPort
    private let redirects: RedirectFiles?
    private let socket: PageSocket?

    private static let mostAttempts = 8

    /// - Parameter onFault: receives messages for the operator that the page does not get. Called from any thread.
    /// - Throws: `address-in-use`, and the like, if this machine gives no port; `badName` if nobody is named who edits.
    public convenience init(
        _ archive: Archive, onFault: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(QuipuError) {
        try self.init(
            archive, redirectFolder: nil, runtimeFolder: nil, in: .system, version: "unknown",
            onFault: onFault)
    }

    /// - Parameters:
    ///   - redirectFolder: where files are made that lead a browser here; nil for none.
    ///   - runtimeFolder: `$XDG_RUNTIME_DIR`; nil if it is not set.
    package init(
        _ archive: Archive, redirectFolder: String?, runtimeFolder: String?,
        in environment: ArchiveEnvironment,
        version: String, onFault: @escaping @Sendable (String) -> Void
    ) throws(QuipuError) {
        let folder = archive.stores.folder
        let before = PageSettings(of: folder, environment: environment.stored)
        let door = SessionDoor()
        let archives = ServedArchives(archive, in: environment)
        let (server, reservation) = try QuipuError.presenting {
            let interface = RecordsInterface(
                author: try Archive.checked(archive.author), onlyArchive: archive.name,
                environment: environment.stored)
            func serve(at port: UInt16) throws -> (QuipuHosting.Server, ReservedPort)? {
                var configuration = QuipuHosting.Server.Configuration()
                configuration.address = ListenAddress(host: "127.0.0.1", port: port)
                configuration.page = (door, before.label)
                configuration.interface = interface
                configuration.version = version
                let server = try QuipuHosting.Server(
                    archives.backend, as: configuration, reportFault: onFault)
                return ReservedPort(server.port).map { (server, $0) }
            }
            if let port = before.port, let served = try? serve(at: port) { return served }
            for _ in 0..<Self.mostAttempts { if let served = try serve(at: 0) { return served } }
            throw QuipuError(
                .init(rawValue: "address-in-use"), "this machine has no free port for the page",
                hint: "end other servers, and try again")
        }
        var settings = before
        settings.port = server.port
        if settings != before { settings.keep(in: folder) }
        hasMoved = before.port.map { $0 != server.port } ?? false
        let origin = "http://\(settings.label).localhost:\(server.port)"
        // Without a folder of its own the address is shown, and the page opened by hand.
        let redirects = redirectFolder.flatMap { folder in try? RedirectFiles(in: folder) }
        socket = PageSocket.path(for: folder, runtimeFolder: runtimeFolder).flatMap { path in
            PageSocket(at: path) { question in
                question.isEmpty
                    ? "" : Self.entrance(String(question.dropFirst()), origin, door, redirects).line
            }
        }
        (self.origin, self.server, self.door) = (origin, server, door)
        (self.reservation, self.redirects) = (reservation, redirects)
    }

    deinit { stop(graceMilliseconds: 0) }

    /// An address that opens the page, within a minute, once.
    public func address(of destination: Destination? = nil) -> String {
        entrance(to: destination).address
    }

    package func entrance(to destination: Destination?) -> Entrance {
        Self.entrance(Self.fragment(destination), origin, door, redirects)
    }

    /// An entrance to the page of an archive that another process of this user serves.
    ///
    /// - Returns: nil if none does.
    package static func running(
        for place: ArchivePlace, destination: Destination?, runtimeFolder: String?
    ) -> Entrance? {
        guard let path = PageSocket.path(for: place.folder, runtimeFolder: runtimeFolder),
            let line = PageSocket.ask("?" + fragment(destination), at: path)
        else { return nil }
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[0].hasPrefix("http://") else { return nil }
        return Entrance(address: parts[0], file: parts[1].isEmpty ? nil : parts[1])
    }

    private static func fragment(_ destination: Destination?) -> String {
        switch destination {
        case nil: ""
        case .record(let id): "&record=" + id.uuid
        case .query(let query): "&q=" + PercentEncoding.encoded(query)
        }
    }

    private static func entrance(
        _ fragment: String, _ origin: String, _ door: SessionDoor, _ redirects: RedirectFiles?
    ) -> Entrance {
        let address = "\(origin)/#code=\(door.newCode())\(fragment)"
        let now = Int64(clamping: Monitor.nowMilliseconds())
        let file = try? redirects?.make(to: address, expiry: now + SessionDoor.codeLifetimeMilliseconds)
        return Entrance(address: address, file: file)
    }

    /// For how long nothing has been asked. Files that lead to codes which have expired are removed.
    public func unusedSeconds() -> Int {
        redirects?.clear(at: Int64(clamping: Monitor.nowMilliseconds()))
        return Int(door.unusedMilliseconds / 1_000)
    }

    /// Accepts no new requests, waits for those in progress, and returns.
    ///
    /// - Parameter graceMilliseconds: connections are closed under requests that take longer.
    public func stop(graceMilliseconds: Int = 10_000) {
        server.stop(graceMilliseconds: graceMilliseconds)
        redirects?.clear()
    }
}

extension PageServer.Entrance {
    /// As it is told over the socket.
    fileprivate var line: String { "\(address)\t\(file ?? "")" }
}
