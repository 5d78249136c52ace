internal import Causality
internal import Glibc
internal import Replication
internal import ReplicationHTTP
internal import Storage

/// Makes a mirror out of the copy that a server keeps ready: as fast as the link and the check of it allow. What is
/// newer than the copy comes with the exchange after it.
struct SnapshotClone {
    /// A log shorter than that comes as fast by itself.
    private static let leastTransactions = 64

    private let inquiry: Inquiry
    private let name: String
    private let location: String

    init(_ inquiry: Inquiry, named name: String, from location: String) {
        self.inquiry = inquiry
        self.name = name
        self.location = location
    }

    /// Nil where the exchange is the better way, or the only one.
    func make(in path: String, over transport: any Transport, in context: Context) throws -> Store? {
        let length = inquiry.position
        guard let transport = transport as? HTTPTransport, length >= Self.leastTransactions else {
            return nil
        }
        let folder = try Store.unusedFolder(in: path)
        let file = try PartialFile(for: folder.path + "/snapshot.zst")
        let copy = ArrivingCopy(
            folder.path + "/snapshot.sqlite", in: folder, environment: context.environment)
        let expansion = SnapshotExpansion(of: file.partialPath, to: copy)
        do {
            try download(file, over: transport, in: context) { try expansion.advance(to: $0) }
        } catch let error as ReplicationError where Self.meansNone(error) {
            file.discard()
            return nil
        } catch  where Self.meansUnsound(error) {
            file.discard()
            Self.warn(of: error, in: context)
            return nil
        } catch {
            context.output.advise("what came so far is kept; go on with the same command")
            throw error
        }
        do {
            let expanded = Result { try expansion.finish(at: file.sizeBytes) }
            file.discard()
            try expanded.get()
            return try Store.create(
                in: path, adopting: copy, id: inquiry.archive, name: name,
                remotes: [(name: "origin", location: location)], environment: context.environment)
        } catch {
            guard Self.meansUnsound(error) else { throw error }
            Self.warn(of: error, in: context)
            return nil
        }
    }

    private static func warn(of error: any Error, in context: Context) {
        context.output.warn(
            "the server's copy is not sound (\(StorageError.presentable(error))); everything is fetched by itself"
        )
    }

    /// - Parameter advance: is told how much is there.
    private func download(
        _ file: PartialFile, over transport: HTTPTransport, in context: Context,
        advance: (_ bytes: UInt64) throws -> Void
    ) throws {
        let progress = context.output.progressLine()
        defer { progress.clear() }
        _ = try transport.downloadSnapshot(into: file) { bytes, total in
            try advance(bytes)
            progress.show(Self.text(received: bytes, of: total))
        }
    }

    private static func text(received bytes: UInt64, of total: UInt64?) -> String {
        let size = { (bytes: UInt64) in SizeText.of(bytes: Int(clamping: bytes)) }
        return "received \(size(bytes))\(total.map { " of \(size($0))" } ?? "")…"
    }

    /// A server that keeps no copies, or cannot make one just now.
    private static func meansNone(_ error: ReplicationError) -> Bool {
        ["no-such-route", "method-not-allowed", "disk-full", "internal"].contains(error.code.rawValue)
    }

    private static func meansUnsound(_ error: any Error) -> Bool {
        if let error = error as? ReplicationError { return error.code == .damaged }
        guard let error = StorageError.presentable(error) as? StorageError else { return false }
        return [.damaged, .notAnArchive, .newerArchive, .olderArchive].contains(error.code)
    }
}
