internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

extension Archive {
    /// Rebuilds everything that is derived from the log. The log itself is not changed.
    ///
    ///     let report = try archive.repair()
    ///     print(report.left.isEmpty ? "repaired" : report.left.joined(separator: "\n"))
    ///
    /// - Returns: the damage that was repaired, and what cannot be repaired from this copy alone.
    /// - Throws: `damaged` if the log itself cannot be read.
    public func repair() throws(QuipuError) -> RepairReport {
        try QuipuError.presenting {
            try stores.with { store in
                let report = try store.repair()
                return RepairReport(
                    repaired: report.found, left: report.left, droppedTexts: report.droppedTexts)
            }
        }
    }

    /// Asks a mirror what damaged values were, before a repair.
    ///
    /// - Parameter word: the name of a remote, a URL or a path.
    /// - Returns: how many transactions are as it has them now.
    package func fetchDamagedValues(from word: String, by link: LinkOptions) throws -> Int {
        try QuipuError.relaying {
            try stores.with { store in
                let transport = try RemotePlace(word, of: store)
                    .transport(for: store, by: link, takesUnchecked: true)
                return try RepairFetch(store, over: transport).count
            }
        }
    }

    /// Gets files of attachments again that are not what they were.
    ///
    /// - Parameter word: the name of a remote, a URL or a path.
    /// - Returns: how many came.
    package func fetchDamagedFiles(from word: String, by link: LinkOptions) throws -> Int {
        try QuipuError.relaying {
            try stores.with { try RemotePlace(word, of: $0).fetchDamagedFiles(of: $0, by: link) }
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
