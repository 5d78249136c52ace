internal import Glibc
internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

extension Archive {
    /// Writes what a mirror has not got into a file, for places without a network. The file is signed, and not encrypted.
    ///
    ///     var options = BundleOptions()
    ///     options.receiver = "ben"
    ///     try archive.createBundle(at: "/media/stick/for-ben.bundle", options)
    ///
    /// What the mirror has is what its last bundle, or the last sync with it, told; never what was sent to it. So a stick that
    /// is lost costs nothing but bytes in the next bundle. Files of attachments are not in bundles.
    ///
    /// - Parameter path: of the file; it appears whole or not at all.
    /// - Throws: `badName` for an empty path; `fileExists`, `unknownRemote` for a receiver that is not known, `tooLarge` if parts
    ///   are too small for what each begins with, `diskFull`, `readOnly`.
    @discardableResult
    public func createBundle(
        at path: String, _ options: BundleOptions = BundleOptions()
    ) throws(QuipuError) -> CreatedBundle {
        try QuipuError.presenting {
            try requireAuthor()
            try GivenText.check(path: path, of: "a bundle")
            if let split = options.splitBytes, split < BundleOptions.leastSplitBytes {
                throw QuipuError(
                    .badOption, "parts of a bundle have at least \(BundleOptions.leastSplitBytes) bytes")
            }
            return try stores.with { store in
                let receiver = try options.receiver.map { try BundleReceiver($0, of: store) }
                var creation = BundleCreation.Options(path: path, senderName: author)
                creation.splitBytes = options.splitBytes
                creation.replacesExisting = options.replacesExisting
                creation.receiver = receiver?.receiver
                let report = try BundleCreation.create(from: store, creation)
                let key = try store.bundleSenders.ownKey().publicKey
                return CreatedBundle(
                    files: report.parts.map { CreatedBundle.File(path: $0.path, bytes: $0.sizeBytes) },
                    transactions: report.transactionCount, changes: report.recordCount,
                    texts: report.textCount, receiver: receiver?.receiver.name,
                    basis: receiver?.basis ?? .none,
                    leavesFilesBehind: try !store.blobs.files.hashes(after: nil, limit: 1).isEmpty,
                    key: BundleIdentity.grouped(SigningKey.origin(ofPublicKey: key).hexadecimal))
            }
        }
    }

    /// Applies bundles. Each block is verified before anything of it is written; what is here already changes nothing; of a
    /// file that was copied in part, what is whole is applied.
    ///
    ///     for bundle in try archive.applyBundles(["/media/stick/for-ana.bundle"]) { print(bundle.appliedChanges) }
    ///
    /// - Parameters:
    ///   - paths: of the files; parts in any order. A name of which only parts are there stands for all of them.
    ///   - acceptsDeletions: apply changes even if they remove most of a collection.
    ///   - trusts: whether to accept a sender whose key is not known yet; asked once for each key.
    /// - Throws: `QuipuError` with the code `other-archive`, `unknown-sender`, `wrong-signature`, `not-a-bundle`: nothing was
    ///   written; `massDeletion`: of the last bundle what stands before it was applied. What `trusts` throws.
    @discardableResult
    public func applyBundles(
        _ paths: [String], acceptsDeletions: Bool = false,
        trusts: (BundleIdentity) throws -> Bool = { _ in false }
    ) throws -> [AppliedBundle] {
        try QuipuError.relaying {
            try stores.with { store in
                try withoutActuallyEscaping(trusts) { trusts in
                    var options = BundleApplication.Options()
                    options.acceptsDeletions = acceptsDeletions
                    options.trusts = { try trusts(BundleIdentity($0)) }
                    let reports = try BundleApplication.apply(
                        Bundles.expanded(paths), to: store, options)
                    // A text that was awaited may make a merge possible as well.
                    let merged =
                        author.isEmpty ? 0 : try store.merging.mergeByPolicy(author: author).count
                    let conflicts = try store.openConflicts
                    return reports.enumerated().map { index, report in
                        AppliedBundle(
                            report, mergedTexts: index == reports.count - 1 ? merged : 0,
                            openConflicts: conflicts)
                    }
                }
            }
        }
    }
}

/// Bundles as files, without an archive.
public enum Bundles {
    /// Reads and verifies bundles, and applies nothing.
    ///
    ///     let bundles = try Bundles.describe(["/media/stick/for-ana.bundle"])
    ///
    /// - Parameter paths: of the files; parts in any order.
    /// - Throws: `QuipuError` with the code `not-a-bundle`, `wrong-signature`, `damaged` for a file without a readable beginning.
    public static func describe(_ paths: [String]) throws(QuipuError) -> [BundleDescription] {
        try QuipuError.presenting {
            try BundleInspection.inspect(expanded(paths)).map { BundleDescription($0) }
        }
    }

    private static let maximumParts = 9_999

    /// A name of which only parts are there stands for these.
    static func expanded(_ paths: [String]) -> [String] {
        paths.flatMap { path in
            if access(path, F_OK) == 0 { return [path] }
            let parts: [String] = (1...maximumParts).compactMap { part in
                let name = "\(path).\(part)"
                return access(name, F_OK) == 0 ? name : nil
            }
            return parts.isEmpty ? [path] : parts
        }
    }
}
