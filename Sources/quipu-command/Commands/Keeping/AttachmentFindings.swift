internal import Quipu
internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

/// What a check of the files of attachments found, in words.
enum AttachmentFindings {
    static func of(_ report: BlobVerification, in store: Store) throws -> [String] {
        var names: [BlobHash: String] = [:]
        if !report.damaged.isEmpty {
            var filter = QuipuStorage.RecordFilter()
            filter.kind = Attachment.kind
            try store.forEachRecord(filter) { record in
                if let hash = Attachment(record)?.hash, names[hash] == nil {
                    names[hash] = RecordText.title(record)
                }
                return true
            }
        }
        return report.damaged.map { hash in
            "the file of \(names[hash] ?? "no attachment") is not what its hash says; it is kept aside in "
                + "\(store.folder.blobsPath)/damaged, and comes anew with: quipu doctor --repair --from REMOTE"
        }
    }

    /// How many of the files that are here a mirror does not hold. Nil where it keeps none, or does not say.
    static func lacking(
        at place: RemotePlace, over transport: any Transport, of store: Store, in context: Context
    ) throws -> Int? {
        let held = try store.blobs.needed().map(\.hash).filter {
            try store.blobs.files.sizeBytes(of: $0) != nil
        }
        if held.isEmpty { return nil }
        let peer = try place.blobPeer(over: transport, in: context)
        do {
            var lacking = 0
            for start in stride(from: 0, to: held.count, by: Limits.blobsPerQuestion) {
                let part = Array(held[start..<min(held.count, start + Limits.blobsPerQuestion)])
                let missing = try peer.missing(part)
                lacking += missing.count
                // The next sync brings what the mirror was believed to hold and does not.
                if let name = place.name {
                    try store.blobs.note(
                        held: part.filter { !missing.contains($0) }, lacking: missing.sorted(), remote: name)
                    if !missing.isEmpty { try store.blobs.note(settledAt: nil, remote: name) }
                }
            }
            return lacking
        } catch let error as ReplicationError where !error.isPassing {
            return nil
        }
    }

    /// Gets damaged files anew.
    /// - Returns: how many came.
    static func mend(_ store: Store, from place: RemotePlace, in context: Context) throws -> Int {
        _ = try store.blobs.verify()
        let damaged = try store.blobs.damaged()
        if damaged.isEmpty { return 0 }
        let transport = try place.transport(archiveName: try store.name, in: context, takesUnchecked: true)
        let peer = try place.blobPeer(over: transport, in: context)
        let missing = try peer.missing(Array(damaged.prefix(Limits.blobsPerQuestion)))
        var count = 0
        for hash in damaged.prefix(Limits.blobsPerQuestion) where !missing.contains(hash) {
            _ = try peer.fetch(hash, maximumBytes: Limits.blobBytes, into: store.blobs.files) { _ in }
            count += 1
        }
        return count
    }
}
