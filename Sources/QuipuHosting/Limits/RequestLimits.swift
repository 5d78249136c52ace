internal import QuipuStorage

/// What one request, and all of them together, may take of a server.
package struct RequestLimits: Sendable {
    /// Bytes that an archive may take; nil sets no bound.
    package var quotaBytes: Int?
    package var admission: AdmissionControl
    /// What tokens may bring in a day; nil where there are none.
    var quota: DailyQuota?

    package init(quotaBytes: Int? = nil, requestMemoryBytes: Int = 512 << 20) {
        self.quotaBytes = quotaBytes
        admission = AdmissionControl(maximumBytes: requestMemoryBytes)
    }

    /// - Parameters:
    ///   - sizeBytes: what the archive takes now.
    ///   - addedBytes: what is about to be written to it.
    /// - Throws: `Problem`, 507.
    package func requireRoom(sizeBytes: @autoclosure () throws -> Int, addedBytes: Int) throws {
        guard let quotaBytes else { return }
        let size = try sizeBytes()
        guard addedBytes <= quotaBytes - size else { throw Problem.quotaExceeded(quotaBytes: quotaBytes) }
    }
}

extension Caller {
    /// Whose writing is bounded by the day: not the owner's, who answers for the archive.
    var boundedToken: TokenID? { role == .writer ? name.flatMap { TokenID($0) } : nil }
}

extension HostedArchive {
    /// What it takes on the disk, without what compaction has freed.
    package func sizeBytes() throws -> Int { try withStore { try $0.sizeBytes } }
}
