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

    /// A mirror on read-only storage or on a full disk can be read, and accepts no edits.
    /// - Returns: also why it cannot be written; nil where it can.
    private func open() throws -> (store: Store, obstacle: StorageError?) {
        do {
            return (try Store(opening: folder, isForeign: true, environment: environment), nil)
        } catch let error as StorageError
            where [.readOnly, .unsuitablePlace, .diskFull].contains(error.code)
        {
            let store = try Store(opening: folder, mode: .readOnly, isForeign: true, environment: environment)
            return (store, error)
        }
    }

    private func answer(
        _ request: borrowing IncomingMessage
    ) throws -> (bytes: [UInt8], refusesEdits: Bool) {
        let (store, obstacle) = try open()
        do {
            let reply = try Responder.answer(request, from: store, isReadOnly: obstacle != nil)
            return (reply, obstacle != nil)
        } catch let error as ReplicationError where error.code == .readOnly {
            // There may be room the next time.
            if let obstacle, obstacle.code == .diskFull { throw obstacle }
            throw error
        }
    }

    public func exchange(
        _ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> TransportCost {
        var request = try IncomingMessage()
        try message.withUnsafeBytes { try request.feed($0) }
        let (reply, refusesEdits) = try answer(request)
        try reply.withUnsafeBytes { bytes in
            for first in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
                try receive(
                    UnsafeRawBufferPointer(rebasing: bytes[first..<min(bytes.count, first + Self.pieceBytes)])
                )
            }
        }
        // Both sides are this process: there is no link.
        var cost = TransportCost(
            bytesSent: message.count, bytesReceived: reply.count, bytesPerSecond: .max)
        cost.refusesEdits = refusesEdits
        return cost
    }
}
