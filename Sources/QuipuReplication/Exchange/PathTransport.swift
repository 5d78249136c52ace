public import QuipuStorage

/// A transport to an archive in another folder. Both sides run in this process.
public struct PathTransport: Transport {
    public let location: String
    private let folder: ArchiveFolder
    private let environment: Environment
    /// A reply is passed on in pieces, as a link would.
    private static let pieceBytes = 16 << 10

    /// - Throws: `ReplicationError` when there is no archive at the path.
    public init(path: String, environment: Environment = .system) throws {
        guard let folder = ArchiveFolder.at(path) else {
            throw ReplicationError(
                .unreachable, "there is no archive at \(path)",
                remedy: Remedy(.cloneTo, path))
        }
        location = path
        self.folder = folder
        self.environment = environment
    }

    /// Verifies the archive before it is used for the first time.
    /// - Throws: `StorageError.damaged`.
    public func check() throws {
        try open().store.integrity.requireSound()
    }

    /// A mirror on read-only storage can be read, and accepts no edits.
    private func open() throws -> (store: Store, isReadOnly: Bool) {
        do {
            return (try Store(opening: folder, isForeign: true, environment: environment), false)
        } catch let error as StorageError where error.code == .readOnly || error.code == .unsuitablePlace {
            let store = try Store(opening: folder, mode: .readOnly, isForeign: true, environment: environment)
            return (store, true)
        }
    }

    public func exchange(
        _ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> TransportCost {
        let (store, isReadOnly) = try open()
        var request = try IncomingMessage()
        try message.withUnsafeBytes { try request.feed($0) }
        let reply = try Responder.answer(request, from: store, isReadOnly: isReadOnly)
        try reply.withUnsafeBytes { bytes in
            for first in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
                try receive(
                    UnsafeRawBufferPointer(rebasing: bytes[first..<min(bytes.count, first + Self.pieceBytes)])
                )
            }
        }
        // Both sides are this process: there is no link.
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count, bytesPerSecond: .max)
    }
}
