internal import QuipuHTTPClient
internal import QuipuReplication
public import QuipuStorage

extension HTTPTransport {
    /// Downloads the archive's snapshot from the server, for a first clone. After an interruption it resumes at the
    /// byte, in this run or a later one.
    ///
    /// - Parameters:
    ///   - file: the partial download.
    ///   - progress: takes the bytes that are there, and the total if it is known. If it throws, the download ends at
    ///     once.
    /// - Throws: `ReplicationError`; `StorageError` of this machine's disk.
    public func downloadSnapshot(
        into file: PartialFile, progress: (_ bytes: UInt64, _ of: UInt64?) throws -> Void
    ) throws -> FileDownload.Cost {
        let download = FileDownload(
            HTTPClientRequest(method: "GET", url: url.snapshotURL, headers: try access.headers(for: url)),
            of: SnapshotFile.mediaType, beginningWith: SnapshotFile.firstBytes, over: client,
            location: location, limits: FileDownload.Limits(maximumBytes: 1 << 40))
        // Its contents are verified when it is decompressed.
        return try download.fetch(into: file, progress: progress)
    }
}
