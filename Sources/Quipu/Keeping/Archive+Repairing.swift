internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

extension Archive {
    /// Makes everything that follows from the log anew. What people wrote stays as it is.
    ///
    /// - Returns: what was wrong and is right now, and what cannot be made anew from what is here.
    public func repair() throws(QuipuError) -> RepairReport {
        try QuipuError.presenting { try repair(from: nil, by: LinkOptions()) }
    }

    /// The same, after a mirror was asked what damaged values were.
    ///
    /// - Parameter word: the name of a remote, a URL or a path; nil asks nobody.
    package func repair(from word: String?, by link: LinkOptions) throws -> RepairReport {
        try QuipuError.relaying {
            try stores.with { store in
                let mended = try word.map { word in
                    let transport = try RemotePlace(word, of: store)
                        .transport(for: store, by: link, takesUnchecked: true)
                    return try RepairFetch(store, over: transport).count
                }
                let report = try store.repair()
                let files = try word.map {
                    try RemotePlace($0, of: store).fetchDamagedFiles(of: store, by: link)
                }
                return RepairReport(
                    repaired: report.found, left: report.left, droppedTexts: report.droppedTexts,
                    mendedTransactions: mended, mendedFiles: files ?? 0)
            }
        }
    }
}

extension RemotePlace {
    /// - Returns: how many came.
    fileprivate func fetchDamagedFiles(of store: Store, by link: LinkOptions) throws -> Int {
        _ = try store.blobs.verify()
        let damaged = try store.blobs.damaged().prefix(Limits.blobsPerQuestion)
        if damaged.isEmpty { return 0 }
        let transport = try transport(for: store, by: link, takesUnchecked: true)
        let peer = try blobPeer(over: transport, environment: store.environment)
        let missing = try peer.missing(Array(damaged))
        var count = 0
        for hash in damaged where !missing.contains(hash) {
            _ = try peer.fetch(hash, maximumBytes: Limits.blobBytes, into: store.blobs.files) { _ in }
            count += 1
        }
        return count
    }
}
