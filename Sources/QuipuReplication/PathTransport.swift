public import QuipuStorage

/// The exchange with an archive in another folder: both sides are here.
public struct PathTransport: Transport {
    public let location: String
    private let folder: ArchiveFolder
    private let environment: Environment

    /// - Throws: `ReplicationError` when there is no archive at the path.
    public init(path: String, environment: Environment = .system) throws {
        guard let folder = ArchiveFolder.at(path) else {
            throw ReplicationError(
                .unreachable, "there is no archive at \(path)",
                hint: "is the stick mounted? To put a mirror there: quipu clone . \(path)")
        }
        location = path
        self.folder = folder
        self.environment = environment
    }

    /// Looks at everything that is there, before it is used for the first time.
    /// - Throws: `StorageError.damaged`.
    public func check() throws {
        try open().store.integrity.requireSound()
    }

    /// A mirror that nobody may write there can still be read: it takes no edits.
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
        try reply.withUnsafeBytes { try receive($0) }
        // Both sides are this process: nothing is carried anywhere.
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count, bytesPerSecond: .max)
    }
}
