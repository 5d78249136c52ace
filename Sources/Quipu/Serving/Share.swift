internal import Glibc
internal import QuipuHTTPServer
internal import QuipuHosting
internal import QuipuReplication
internal import QuipuStorage

/// Shares one archive with a machine that a person can type a code on: no token, certificate or remote is set up, and
/// nothing is left behind.
///
///     let share = try Share(archive)
///     print("quipu sync --share \(share.addresses[0].text) \(share.code.text)")
///     // … until the other side is in sync, or share.state is no longer .open
///     share.stop()
///
/// The code is valid for 30 minutes, for the first replica that uses it; ten wrong codes end the share.
public final class Share: Sendable {
    public struct Options: Sendable {
        /// Lets any number of replicas use the code, for a group.
        public var allowsMany = false
        /// `HOST:PORT` to listen on. Nil means all IPv4 addresses, on port 8420 or, if that is in use, a free one.
        public var address: String?
        /// Seconds without progress after which a connection is closed; nil means 60.
        public var timeoutSeconds: Int?
        /// Receives what happens. Called from any thread.
        public var report: @Sendable (Event) -> Void = { _ in }
        /// Receives messages for the operator that callers do not get. Called from any thread.
        public var onFault: @Sendable (String) -> Void = { _ in }
        /// Milliseconds of a clock that nobody sets; nil means the system's.
        package var now: (@Sendable () -> Int64)?

        /// The default: one replica, on port 8420 if it is free.
        public init() {}
    }

    public enum Event: Sendable, Equatable {
        /// A replica has used the code for the first time, from this address.
        case joined(address: String)
        /// The number of wrong codes so far, and the address that the last one came from.
        case wrongCode(count: Int, address: String)
    }

    public enum State: Sendable, Equatable {
        case open
        /// The 30 minutes are over.
        case expired
        /// There were too many wrong codes.
        case ended
    }

    /// How long a code is valid.
    public static let lifetimeSeconds = Int(ShareAuthorizer.lifetimeMilliseconds / 1_000)
    /// So many wrong codes end a share.
    public static let maximumWrongCodes = ShareAuthorizer.maximumWrongTokens

    public let code: ShareCode
    /// The addresses at which other machines reach this one, the most likely first; at least one.
    public let addresses: [ShareAddress]
    private let server: QuipuHosting.Server
    private let authorizer: ShareAuthorizer
    private let folder: ArchiveFolder
    /// What the server makes for first clones is removed at the end, and what was there before stays.
    private let keptSnapshots: Set<String>

    /// Begins to share.
    ///
    /// - Throws: `noNetwork` if this machine has no address that others could reach; `address-in-use`; `bad-location`.
    public convenience init(_ archive: Archive, _ options: Options = Options()) throws(QuipuError) {
        try self.init(archive, options, in: .system)
    }

    package init(
        _ archive: Archive, _ options: Options, in environment: ArchiveEnvironment
    ) throws(QuipuError) {
        let code = ShareCode.random(in: environment)
        let keys = try ShareKeys(code)
        var settings = ShareAuthorizer.Settings(token: keys.token)
        settings.allowsMany = options.allowsMany
        if let now = options.now { settings.now = now }
        let report = options.report
        settings.report = { report(Event($0)) }
        let authorizer = ShareAuthorizer(settings)
        let folder = archive.stores.folder
        let backend = FolderBackend(.single(folder, name: archive.name), environment: environment.stored)
        let shared = SharedArchive(id: archive.identifier, name: archive.name)
        func serve(at address: ListenAddress) throws -> QuipuHosting.Server {
            var serverOptions = ServerOptions()
            serverOptions.timeoutSeconds = options.timeoutSeconds
            serverOptions.address = address
            var configuration = try serverOptions.configuration()
            configuration.certificate = .init(chain: keys.certificate, key: keys.privateKey)
            configuration.share = (authorizer, shared)
            return try QuipuHosting.Server(backend, as: configuration, reportFault: options.onFault)
        }
        let (listening, hosts) = try Self.place(options.address)
        keptSnapshots = Set(folder.snapshotNames())
        let server: QuipuHosting.Server
        do {
            server = try serve(at: listening)
        } catch {
            let error = QuipuError(error)
            guard options.address == nil, error.code.rawValue == "address-in-use" else { throw error }
            server = try QuipuError.presenting { try serve(at: ListenAddress(host: listening.host, port: 0)) }
        }
        self.code = code
        self.authorizer = authorizer
        self.folder = folder
        self.server = server
        addresses = hosts.map { ShareAddress(host: $0, port: server.port) }
    }

    deinit { stop(graceMilliseconds: 0) }

    /// Whether the code is still taken.
    public var state: State {
        authorizer.hasEnded ? .ended : authorizer.remainingMilliseconds > 0 ? .open : .expired
    }

    /// How long the code is still valid.
    public var remainingSeconds: Int { Int((authorizer.remainingMilliseconds + 999) / 1_000) }

    /// Accepts no new requests, waits for those in progress, and removes what was made for first clones.
    ///
    /// - Parameter graceMilliseconds: connections are closed under requests that take longer.
    public func stop(graceMilliseconds: Int = 10_000) {
        server.stop(graceMilliseconds: graceMilliseconds)
        for name in folder.snapshotNames() where !keptSnapshots.contains(name) {
            unlink(folder.snapshotsPath + "/" + name)
        }
        // Nothing happens to it where something is in it.
        if keptSnapshots.isEmpty { rmdir(folder.snapshotsPath) }
    }

    /// Where to listen, and the hosts that others are told.
    private static func place(_ address: String?) throws(QuipuError) -> (ListenAddress, hosts: [String]) {
        let listening = try QuipuError.presenting {
            try address.map { try ListenAddress($0) }
                ?? ListenAddress(host: everywhere, port: ShareAddress.standardPort)
        }
        guard listening.host == everywhere else {
            _ = try ShareAddress(listening.host)
            return (listening, [listening.host])
        }
        let hosts = NetworkAddress.ofThisMachine().map(\.text)
        guard !hosts.isEmpty else {
            throw QuipuError(
                .noNetwork, "this machine has no network address that another machine could reach",
                hint: "join the Wi-Fi of the other machine, or connect the two with a cable, and try again")
        }
        return (listening, hosts)
    }

    private static let everywhere = "0.0.0.0"
}

extension Share.Event {
    fileprivate init(_ event: ShareAuthorizer.Event) {
        self =
            switch event {
            case .joined(let address): .joined(address: address)
            case .wrongToken(let count, let address): .wrongCode(count: count, address: address)
            }
    }
}

extension QuipuError.Code {
    /// This machine has no address on a network.
    public static let noNetwork = Self(rawValue: "no-network")
}
