internal import QuipuStorage

/// Limits on single requests and on all together.
package struct RequestLimits: Sendable {
    /// The size limit of an archive; nil for none.
    package var quotaBytes: Int?
    package var admission: AdmissionControl
    /// The daily quota of tokens; nil if there are no tokens.
    var quota: DailyQuota?

    package init(quotaBytes: Int? = nil, requestMemoryBytes: Int = 512 << 20) {
        self.quotaBytes = quotaBytes
        admission = AdmissionControl(maximumBytes: requestMemoryBytes)
    }

    /// - Parameters:
    ///   - sizeBytes: the archive's current size.
    ///   - addedBytes: the bytes to be added.
    /// - Throws: `Problem`, 507.
    package func requireRoom(sizeBytes: @autoclosure () throws -> Int, addedBytes: Int) throws {
        guard let quotaBytes else { return }
        let size = try sizeBytes()
        guard addedBytes <= quotaBytes - size else { throw Problem.quotaExceeded(quotaBytes: quotaBytes) }
    }
}

extension Caller {
    /// The token that the daily quota applies to; nil for owners, who are responsible for the archive.
    var boundedToken: TokenID? { role == .writer ? name.flatMap { TokenID($0) } : nil }
}
