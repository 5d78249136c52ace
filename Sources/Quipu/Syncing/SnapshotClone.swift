internal import Glibc
internal import QuipuCausality
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

/// Makes a mirror from the snapshot that a server offers: as fast as the connection and verification allow. What is
/// newer than the snapshot arrives with the exchange that follows.
struct SnapshotClone {
    /// What to tell who waits.
    struct Report {
        var onBytes: (_ received: UInt64, _ total: UInt64?) -> Void = { _, _ in }
        /// The snapshot is damaged, so everything is fetched by the exchange.
        var onUnsoundCopy: (any Error) -> Void = { _ in }
        /// The connection failed; what has arrived is kept for the next attempt.
        var onBrokenLink: () -> Void = {}

        init() {}
    }

    /// A log shorter than that is exchanged as fast without a snapshot.
    private static let leastTransactions = 64

    private let handshake: Handshake
    private let name: String
    /// Nil for a mirror without a remote.
    private let location: String?
    private let environment: Environment
    private let report: Report

    init(
        _ handshake: Handshake, named name: String, from location: String?,
        environment: Environment = .system,
        report: Report = Report()
    ) {
        self.handshake = handshake
        self.name = name
        self.location = location
        self.environment = environment
        self.report = report
    }

    /// Nil where the exchange is the better way, or the only one.
    func make(in path: String, over transport: any Transport) throws -> Store? {
        let length = handshake.position
        guard let transport = transport as? HTTPTransport, length >= Self.leastTransactions else {
            return nil
        }
        let folder = try Store.unusedFolder(in: path)
        let file = try PartialFile(for: folder.path + "/snapshot.zst")
        let copy = StreamingCopy(folder.path + "/snapshot.sqlite", in: folder, environment: environment)
        let expansion = SnapshotReceiver(of: file.partialPath, to: copy)
        do {
            try download(file, over: transport) { try expansion.advance(to: $0) }
        } catch let error as ReplicationError where Self.meansNone(error) {
            file.discard()
            return nil
        } catch  where Self.meansUnsound(error) {
            file.discard()
            report.onUnsoundCopy(error)
            return nil
        } catch {
            report.onBrokenLink()
            throw error
        }
        do {
            let expanded = Result { try expansion.finish(at: file.sizeBytes) }
            file.discard()
            try expanded.get()
            return try Store.create(
                in: path, adopting: copy, id: handshake.archive, name: name,
                remotes: location.map { [(name: "origin", location: $0)] } ?? [], environment: environment)
        } catch {
            guard Self.meansUnsound(error) else { throw error }
            report.onUnsoundCopy(error)
            return nil
        }
    }

    /// - Parameter advance: is told how much is there.
    private func download(
        _ file: PartialFile, over transport: HTTPTransport, advance: (_ bytes: UInt64) throws -> Void
    ) throws {
        _ = try transport.downloadSnapshot(into: file) { bytes, total in
            try advance(bytes)
            report.onBytes(bytes, total)
        }
    }

    /// A server that keeps no snapshots, or cannot make one now.
    private static func meansNone(_ error: ReplicationError) -> Bool {
        ["no-such-route", "method-not-allowed", "disk-full", "internal"].contains(error.code.rawValue)
    }

    private static func meansUnsound(_ error: any Error) -> Bool {
        if let error = error as? ReplicationError { return error.code == .damaged }
        guard let error = StorageError.presentable(error) as? StorageError else { return false }
        return [.damaged, .notAnArchive, .newerArchive, .olderArchive].contains(error.code)
    }
}
