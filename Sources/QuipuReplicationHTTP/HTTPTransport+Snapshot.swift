internal import QuipuHTTPClient
internal import QuipuReplication
public import QuipuStorage

extension HTTPTransport {
    /// Downloads the copy of the archive that the server keeps for whoever makes a mirror of it. Cut, it goes on at
    /// the byte, in this run or in a later one.
    ///
    /// - Parameters:
    ///   - file: what is here of it already.
    ///   - progress: is told of the bytes that are there, and of how many there will be where that is known. What it
    ///     throws ends the download at once.
    /// - Throws: `ReplicationError`; `StorageError` of this machine's disk.
    public func downloadSnapshot(
        into file: PartialFile, progress: (_ bytes: UInt64, _ of: UInt64?) throws -> Void
    ) throws -> FileDownload.Cost {
        let download = FileDownload(
            HTTPClientRequest(method: "GET", url: url.snapshotURL, headers: try access.headers(for: url)),
            of: SnapshotFile.mediaType, beginningWith: SnapshotFile.firstBytes, over: client,
            location: location, limits: FileDownload.Limits(maximumBytes: 1 << 40))
        // What it holds is looked at when it is expanded, in its own place.
        return try download.fetch(into: file, progress: progress)
    }
}
