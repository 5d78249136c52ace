internal import QuipuCausality
public import QuipuStorage

/// What moving contents did, and what it left.
public struct BlobReport: Sendable {
    public var sent = 0
    public var received = 0
    public var cost = BlobCost()
    /// Contents that are here and not there yet.
    public var lackingThere = 0
    /// Contents that should have come and have not: there are none there, or they were cut.
    public var lackingHere = 0
    /// Contents that are not here and were not asked for.
    public var notAskedFor = 0
    /// What stopped a content, and not the others; at most a few.
    public var refusals: [String] = []
    /// What stopped the rest, most often the link. The next run goes on where it was.
    public var stop: ReplicationError?

    public init() {}
}

/// Brings contents to another replica that lacks them, and those here that this one wants: after the records, so that
/// each side knows what its contents are for. What a remote has said it holds is remembered, so where nothing is to be
/// moved nothing is asked.
public struct BlobSynchronizer {
    private static let maximumRefusals = 8

    private let store: Store
    private let peer: any BlobPeer
    private let remote: String?
    private let maySend: Bool

    /// - Parameters:
    ///   - remote: under what name the other side is remembered; nil where it is not.
    ///   - maySend: whether the other side takes anything.
    public init(_ store: Store, with peer: any BlobPeer, remote: String?, maySend: Bool = true) {
        self.store = store
        self.peer = peer
        self.remote = remote
        self.maySend = maySend
    }

    /// - Throws: `StorageError` of this machine. What the other side refuses, or the link, is in the report.
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
            let missing = try ask(about: (offered + wanted).map(\.hash))
            try note(held: offered.map(\.hash).filter { !missing.contains($0) })
            let lacking = offered.filter { missing.contains($0.hash) }
            let there = wanted.filter { !missing.contains($0.hash) }
            (report.lackingThere, report.lackingHere) = (lacking.count, wanted.count)
            do {
                try send(lacking, &report, progress)
            } catch let error as ReplicationError {
                // What is not taken there may still be got from there.
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

    /// Whether nothing needs to be asked: since the last time everything was moved nothing has come into the log.
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

    /// Small ones first: more of them pass before the link breaks.
    private func send(
        _ blobs: [NeededBlob], _ report: inout BlobReport, _ progress: (BlobProgress) -> Void
    ) throws {
        for blob in try blobs.sorted(by: isSmaller) {
            guard let content = try store.blobs.files.content(of: blob.hash) else {
                report.lackingThere -= 1
                continue
            }
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
            do {
                report.cost += try peer.fetch(
                    blob.hash, maximumBytes: blob.maximumBytes, into: store.blobs.files
                ) { bytes in
                    progress(BlobProgress(isSending: false, bytes: bytes, of: blob.sizeBytes))
                }
                report.received += 1
                report.lackingHere -= 1
                // Who sent it has it.
                try note(held: [blob.hash])
            } catch {
                try note(error, in: &report)
            }
        }
    }

    private func isSmaller(_ left: NeededBlob, _ right: NeededBlob) throws -> Bool {
        (left.sizeBytes ?? .max, left.hash) < (right.sizeBytes ?? .max, right.hash)
    }

    /// One content that is refused does not hold up the others; a link that is cut, and this machine's disk, do.
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

/// How far a content is on its way.
public struct BlobProgress: Sendable {
    public let isSending: Bool
    public let bytes: UInt64
    /// Nil where nobody says.
    public let of: UInt64?
}

extension NeededBlob {
    /// How much is taken of it: what its records say, which a larger content would belie.
    public var maximumBytes: UInt64 { min(sizeBytes ?? Limits.blobBytes, Limits.blobBytes) }
}

extension ReplicationError {
    /// Whether it is about the other side as a whole, and not about one content.
    var stopsBlobs: Bool {
        ![.tooLarge, .wrongContent, .noSuchBlob, .blobTooLarge, .busy].contains(code)
    }
}
