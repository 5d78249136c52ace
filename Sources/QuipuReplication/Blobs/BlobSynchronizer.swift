internal import QuipuCausality
public import QuipuStorage

/// The result of transferring attachment contents, and what is still missing.
public struct BlobReport: Sendable {
    public var sent = 0
    public var received = 0
    public var cost = BlobCost()
    /// Contents that this side has and the peer still lacks.
    public var lackingThere = 0
    /// Contents that were wanted and are still missing: the peer has none, or the transfer was interrupted.
    public var lackingHere = 0
    /// Contents that are missing here and were not requested.
    public var notAskedFor = 0
    /// Errors that concerned one content each; at most a few.
    public var refusals: [String] = []
    /// The error that ended the transfer, most often of the link. The next run resumes.
    public var stop: ReplicationError?

    public init() {}
}

/// Transfers attachment contents in both directions, after the records, so that each side knows which contents it
/// needs. What a remote has confirmed is remembered, so that nothing is requested when nothing has to be transferred.
public struct BlobSynchronizer {
    private static let maximumRefusals = 8

    private let store: Store
    private let peer: any BlobPeer
    private let remote: String?
    private let maySend: Bool
    private let maximumBytes: Int?
    /// Bytes of a question, of each hash in it, and of what a file takes in addition to its content.
    private static let (questionBytes, hashBytes, addedBytes) = (1 << 10, 80, 1 << 10)

    /// - Parameters:
    ///   - remote: the name under which the peer's state is stored; nil to store nothing.
    ///   - maySend: whether the peer accepts uploads.
    ///   - maximumBytes: contents that would cost more together are left out, and those of an unknown size; nil for no limit.
    public init(
        _ store: Store, with peer: any BlobPeer, remote: String?, maySend: Bool = true,
        maximumBytes: Int? = nil
    ) {
        self.store = store
        self.peer = peer
        self.remote = remote
        self.maySend = maySend
        self.maximumBytes = maximumBytes
    }

    /// - Throws: `StorageError` of this machine. Errors of the peer and of the link are in the report.
    public func run(progress: (_ what: BlobProgress) -> Void = { _ in }) throws -> BlobReport {
        var report = BlobReport()
        let position = try store.position
        let needed = try store.blobs.needed()
        var offered: [NeededBlob] = []
        var wanted: [NeededBlob] = []
        for blob in needed {
            if try store.blobs.files.sizeBytes(of: blob.hash) != nil {
                guard maySend else { continue }
                if try !(remote.map { try store.blobs.isConfirmed(blob.hash, by: $0) } ?? false) {
                    offered.append(blob)
                }
            } else if blob.isFetched {
                wanted.append(blob)
            } else {
                report.notAskedFor += 1
            }
        }
        do {
            report.lackingHere = wanted.count
            let questionBytes = Self.questionBytes + (offered.count + wanted.count) * Self.hashBytes
            guard offered.isEmpty && wanted.isEmpty || hasRoom(for: questionBytes, besides: BlobCost()) else {
                report.lackingThere = offered.count
                if let remote { try store.blobs.note(settledAt: nil, remote: remote) }
                return report
            }
            if maximumBytes != nil { report.cost.bytesSent += UInt64(questionBytes) }
            let missing = try ask(about: (offered + wanted).map(\.hash))
            try note(held: offered.map(\.hash).filter { !missing.contains($0) })
            let lacking = offered.filter { missing.contains($0.hash) }
            let there = wanted.filter { !missing.contains($0.hash) }
            (report.lackingThere, report.lackingHere) = (lacking.count, wanted.count)
            do {
                try send(lacking, &report, progress)
            } catch let error as ReplicationError {
                // Downloads may still work when uploads are refused.
                if error.isPassing { throw error }
                report.stop = error
            }
            try fetch(there, &report, progress)
        } catch let error as ReplicationError {
            report.stop = error
        }
        if let remote {
            let isSettled = report.stop == nil && report.lackingThere == 0 && report.lackingHere == 0
            try store.blobs.note(settledAt: isSettled ? position : nil, remote: remote)
        }
        return report
    }

    /// Whether everything was transferred and nothing has been added to the log since then.
    public var isSettled: Bool {
        get throws { try remote.map { try store.blobs.areSettled(remote: $0) } ?? false }
    }

    private func ask(about hashes: [BlobHash]) throws -> Set<BlobHash> {
        var missing: Set<BlobHash> = []
        for start in stride(from: 0, to: hashes.count, by: Limits.blobsPerQuestion) {
            let part = Array(hashes[start..<min(hashes.count, start + Limits.blobsPerQuestion)])
            missing.formUnion(try peer.missing(part).intersection(part))
        }
        return missing
    }

    /// Small contents first: more of them get through before the link breaks.
    private func send(
        _ blobs: [NeededBlob], _ report: inout BlobReport, _ progress: (BlobProgress) -> Void
    ) throws {
        for blob in try blobs.sorted(by: isSmaller) {
            guard let content = try store.blobs.files.content(of: blob.hash) else {
                report.lackingThere -= 1
                continue
            }
            guard hasRoom(for: content.sizeBytes, besides: report.cost) else { continue }
            do {
                report.cost += try peer.send(content, hash: blob.hash) { bytes in
                    progress(BlobProgress(isSending: true, bytes: bytes, of: content.sizeBytes))
                }
                report.sent += 1
                report.lackingThere -= 1
                try note(held: [blob.hash])
            } catch {
                try note(error, in: &report)
            }
        }
    }

    private func fetch(
        _ blobs: [NeededBlob], _ report: inout BlobReport, _ progress: (BlobProgress) -> Void
    ) throws {
        for blob in try blobs.sorted(by: isSmaller) {
            guard hasRoom(for: blob.sizeBytes, besides: report.cost) else { continue }
            do {
                report.cost += try peer.fetch(
                    blob.hash, maximumBytes: blob.maximumBytes, into: store.blobs.files
                ) { bytes in
                    progress(BlobProgress(isSending: false, bytes: bytes, of: blob.sizeBytes))
                }
                report.received += 1
                report.lackingHere -= 1
                // The peer sent it, so it has it.
                try note(held: [blob.hash])
            } catch {
                try note(error, in: &report)
            }
        }
    }

    private func hasRoom(for bytes: UInt64?, besides spent: BlobCost) -> Bool {
        guard let maximumBytes else { return true }
        guard let bytes, bytes <= UInt64(Int.max / 2) else { return false }
        return Int(bytes) + Self.addedBytes
            <= maximumBytes - Int(clamping: spent.bytesSent) - Int(clamping: spent.bytesReceived)
    }

    private func hasRoom(for bytes: Int, besides spent: BlobCost) -> Bool {
        hasRoom(for: UInt64(bytes), besides: spent)
    }

    private func isSmaller(_ left: NeededBlob, _ right: NeededBlob) throws -> Bool {
        (left.sizeBytes ?? .max, left.hash) < (right.sizeBytes ?? .max, right.hash)
    }

    /// A refusal of one content does not stop the others; a broken link or an error of this machine's disk does.
    private func note(_ error: any Error, in report: inout BlobReport) throws {
        let words: String
        switch error {
        case let error as ReplicationError where error.stopsBlobs: throw error
        case let error as ReplicationError: words = error.message
        case let error as StorageError where error.code == .busy: words = error.message
        default: throw error
        }
        if report.refusals.count < Self.maximumRefusals { report.refusals.append(words) }
    }

    private func note(held: [BlobHash]) throws {
        if let remote { try store.blobs.note(held: held, lacking: [], remote: remote) }
    }
}

/// Progress of one content's transfer.
public struct BlobProgress: Sendable {
    public let isSending: Bool
    public let bytes: UInt64
    /// Nil where the size is unknown.
    public let of: UInt64?
}

extension NeededBlob {
    /// The most that is accepted: the size that its records state.
    public var maximumBytes: UInt64 { min(sizeBytes ?? Limits.blobBytes, Limits.blobBytes) }
}

extension ReplicationError {
    /// Whether the error concerns the peer as a whole and not a single content.
    var stopsBlobs: Bool {
        ![.tooLarge, .wrongContent, .noSuchBlob, .blobTooLarge, .busy].contains(code)
    }
}
