internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

/// An attachment file whose content does not match its hash. It has been moved aside.
public struct DamagedFile: Sendable {
    /// SHA-256, 64 hexadecimal digits.
    public let hash: String
    /// The first attachment that refers to it; nil if none does.
    public let attachment: Record?
    /// The folder of attachment files.
    public let blobsFolder: String
    public var folder: String { blobsFolder + "/damaged" }
}

/// The result of checking the archive and a mirror of it.
package struct FullVerification: Sendable {
    /// Of all that is held, 32 hexadecimal digits, and in groups to be read aloud.
    package let digest: String
    package let spokenDigest: String
    /// The digest of current values, without versions.
    package let contentDigest: String
    package let spokenContentDigest: String
    package let checkedValues: Int
    /// The damage found here, in words.
    package let damages: [String]
    package let checkedFiles: Int
    package let damagedFiles: [DamagedFile]
    /// Files that records show and that are not here.
    package let missingFiles: Int
    /// Nil if no mirror was asked.
    package let mirror: MirrorVerification?

    package var isSound: Bool { damages.isEmpty && damagedFiles.isEmpty }
}

/// How a mirror compares, transaction by transaction and record by record.
package struct MirrorVerification: Sendable {
    package struct Difference: Sendable {
        package let id: RecordID
        package let caption: String?
        /// Both hold the same versions of it, but have different current values.
        package let isShownOtherwise: Bool
    }

    /// What people call it.
    package let remote: String
    /// It does not hold the same transactions, so that nothing else was compared.
    package fileprivate(set) var isBehind = false
    package fileprivate(set) var differences: [Difference] = []
    /// It has records that are not here.
    package fileprivate(set) var hasFurtherRecords = false
    /// Its digest of the same transactions; nil if it equals ours.
    package fileprivate(set) var otherDigest: String?
    package fileprivate(set) var isProofWrong = false
    /// It claims to hold the same, and gives no proof of it.
    package fileprivate(set) var isUnproved = false
    /// The number of files here that it does not hold; nil if it stores none, or does not say.
    package fileprivate(set) var lackingFiles: Int?

    package var isDifferent: Bool {
        !differences.isEmpty || hasFurtherRecords || otherDigest != nil || isProofWrong
    }

    fileprivate init(remote: String) { self.remote = remote }
}

extension Archive {
    /// Verifies everything from the log, and that a mirror holds the same.
    ///
    /// - Parameters:
    ///   - word: the name of a remote, a URL or a path; nil for the archive alone.
    ///   - check: throws to end the verification; called after each transaction and each file.
    /// - Throws: if it cannot be checked, or the mirror cannot be asked; damage is reported.
    package func verify(
        with word: String?, by link: LinkOptions, progress: (WorkProgress) throws -> Void = { _ in },
        check: () throws -> Void = {}
    ) throws -> FullVerification {
        try QuipuError.relaying {
            try stores.with { store in
                let report = try store.verify { items, fraction in
                    try progress(WorkProgress(items: items, fraction: fraction))
                    try check()
                }
                let files = try store.blobs.verify { _ in try check() }
                let damagedFiles = try DamagedFile.of(files, in: store)
                let mirror = try word.map {
                    try MirrorVerification(
                        try RemotePlace($0, of: store), of: store, report.digest,
                        isSound: report.damaged.isEmpty && damagedFiles.isEmpty, by: link)
                }
                return FullVerification(
                    digest: Hexadecimal.text(report.digest.bytes), spokenDigest: "\(report.digest)",
                    contentDigest: Hexadecimal.text(report.contentDigest.bytes),
                    spokenContentDigest: "\(report.contentDigest)", checkedValues: report.checked,
                    damages: report.damaged, checkedFiles: files.checked, damagedFiles: damagedFiles,
                    missingFiles: try store.blobs.counts().missing, mirror: mirror)
            }
        }
    }
}

extension MirrorVerification {
    fileprivate init(
        _ place: RemotePlace, of store: Store, _ digest: Digest, isSound: Bool, by link: LinkOptions
    ) throws {
        self.init(remote: place.title)
        try place.requireElsewhere(than: store.folder)
        let transport = try place.transport(for: store, by: link, takesUnchecked: true)
        let theirs = try Handshake(
            over: transport, archive: store.id, knowing: store.log.knowledge(), environment: store.environment
        )
        if try theirs.vector != store.log.vector() {
            isBehind = true
        } else {
            // A digest is kept, not read off the values: a mirror is asked for those of its parts, which are.
            let search = try DifferenceSearch(store, over: transport)
            differences = try search.findings.map { finding in
                Difference(
                    id: RecordID(finding.id, kind: finding.kind),
                    caption: try store.view(finding.id, kind: finding.kind)?.caption,
                    isShownOtherwise: finding.isShownOtherwise)
            }
            hasFurtherRecords = search.emptyRanges > 0
            if theirs.digest != digest { otherDigest = "\(theirs.digest)" }
            // What it said of all its parts is more than the proof takes in, where texts are missing here.
            switch try theirs.equality(with: store) {
            case .proved, .unverifiable: break
            case .disproved where isSound && !isDifferent: isProofWrong = true
            default: isUnproved = true
            }
        }
        lackingFiles = try place.lackingFiles(over: transport, of: store)
    }
}

extension DamagedFile {
    static func of(_ report: BlobVerification, in store: Store) throws -> [DamagedFile] {
        if report.damaged.isEmpty { return [] }
        var records: [BlobHash: Record] = [:]
        var filter = QuipuStorage.RecordFilter()
        filter.kind = Attachment.kind
        try store.forEachRecord(filter) { record in
            if let hash = Attachment(record)?.hash, records[hash] == nil { records[hash] = Record(record) }
            return true
        }
        return report.damaged.map {
            DamagedFile(
                hash: $0.hexadecimal, attachment: records[$0], blobsFolder: store.folder.blobsPath)
        }
    }
}

extension RemotePlace {
    /// The number of files here that a mirror does not hold. Nil if it stores none, or does not say.
    fileprivate func lackingFiles(over transport: any Transport, of store: Store) throws -> Int? {
        let held = try store.blobs.needed().map(\.hash).filter {
            try store.blobs.files.sizeBytes(of: $0) != nil
        }
        if held.isEmpty { return nil }
        let peer = try blobPeer(over: transport, environment: store.environment)
        do {
            var lacking = 0
            try forEachQuestion(held) { part in
                let missing = try peer.missing(part)
                lacking += missing.count
                // The next sync brings what the mirror was believed to hold and does not.
                guard let name else { return }
                try store.blobs.note(
                    held: part.filter { !missing.contains($0) }, lacking: missing.sorted(), remote: name)
                if !missing.isEmpty { try store.blobs.note(settledAt: nil, remote: name) }
            }
            return lacking
        } catch let error as ReplicationError where !error.isPassing {
            return nil
        }
    }

    /// As many hashes at a time as may be asked for.
    func forEachQuestion(_ hashes: [BlobHash], _ ask: ([BlobHash]) throws -> Void) rethrows {
        for start in stride(from: 0, to: hashes.count, by: Limits.blobsPerQuestion) {
            try ask(Array(hashes[start..<min(hashes.count, start + Limits.blobsPerQuestion)]))
        }
    }
}
