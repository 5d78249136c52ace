internal import Glibc
public import QuipuHTTPClient
internal import QuipuReplication
public import QuipuStorage

/// Downloads an immutable resource into a file, resuming whenever the link breaks. What has arrived stays in
/// `NAME.partial` (readable by this user only), and each further request, of this run or a later one, asks for the
/// rest only, with the strong entity tag of what is there (`Range` with `If-Range`, RFC 9110, section 13.1.5). If the
/// resource has changed, the download restarts instead of mixing two versions. The file gets its name only after the
/// caller has checked it, and is synced then.
public struct FileDownload {
    public struct Limits: Sendable {
        /// A larger file is refused as soon as its size is known.
        public var maximumBytes: UInt64
        /// Consecutive attempts that may yield less than `progressBytes`; then the download ends until the next run.
        public var fruitlessAttempts = 4
        public var progressBytes: UInt64 = 16 << 10
        /// The delay before the second consecutive attempt; doubled for each further one.
        public var pauseMilliseconds = 200
        /// The longest delay that a server may request (`Retry-After`).
        public var maximumPauseMilliseconds = 10_000

        public init(maximumBytes: UInt64) { self.maximumBytes = maximumBytes }
    }

    /// The bytes of a download.
    public struct Cost: Sendable {
        public var bytesSent: UInt64 = 0
        public var bytesReceived: UInt64 = 0
        public var attempts = 0
        /// Bytes that an earlier run had downloaded.
        public var resumedAtBytes: UInt64 = 0
    }

    private let session: HTTPSession
    private let request: HTTPClientRequest
    private let mediaType: String
    private let firstBytes: [UInt8]
    private let location: String
    private let limits: Limits
    private let pause: (_ milliseconds: Int) -> Void

    /// - Parameters:
    ///   - request: a GET, with the header fields that the server requires.
    ///   - mediaType: the expected type. A page of another type comes from a proxy or a portal, and does not affect
    ///     what has arrived.
    ///   - firstBytes: the magic number of such files; a response that begins otherwise is ended there.
    ///   - location: the archive's location, for error messages.
    ///   - pause: waits; by default it sleeps.
    public init(
        _ request: HTTPClientRequest, of mediaType: String, beginningWith firstBytes: [UInt8] = [],
        over session: HTTPSession, location: String, limits: Limits,
        pause: @escaping (_ milliseconds: Int) -> Void = FileDownload.sleep
    ) {
        self.session = session
        self.request = request
        self.mediaType = mediaType
        self.firstBytes = firstBytes
        self.location = location
        self.limits = limits
        self.pause = pause
    }

    /// Downloads `file` and gives it its name.
    ///
    /// - Parameters:
    ///   - progress: as in `fetch`.
    ///   - check: throws if the complete file is not what was requested; then it is deleted.
    /// - Throws: as `fetch`, or what `check` throws.
    @discardableResult
    public func run(
        into file: PartialFile, progress: (_ bytes: UInt64, _ of: UInt64?) throws -> Void = { _, _ in },
        check: (PartialFile) throws -> Void
    ) throws -> Cost {
        let cost = try fetch(into: file, progress: progress)
        do {
            try check(file)
        } catch {
            file.discard()
            throw error
        }
        try file.commit()
        return cost
    }

    /// Downloads `file` without giving it its name: for files that are consumed at once.
    ///
    /// - Parameter progress: takes the bytes that are there, and the total if it is known. If it throws, the download
    ///   ends at once.
    /// - Throws: `ReplicationError`, `StorageError` of this machine's disk, or what `progress` throws. What has
    ///   arrived stays for the next run, unless it is not what was requested.
    public func fetch(
        into file: PartialFile, progress: (_ bytes: UInt64, _ of: UInt64?) throws -> Void = { _, _ in }
    ) throws -> Cost {
        var cost = Cost()
        cost.resumedAtBytes = file.sizeBytes
        var best = file.sizeBytes
        var fruitless = 0
        var restarts = 0
        while true {
            let before = file.tag
            let result = try attempt(file, cost: &cost, progress: progress)
            if case .complete = result { break }
            // Another version starts from zero; repeated restarts are no progress.
            if file.tag != before, before != nil, restarts < 2 { (best, restarts) = (0, restarts + 1) }
            let isFruitful = file.sizeBytes >= best + limits.progressBytes
            best = max(best, file.sizeBytes)
            fruitless = isFruitful ? 0 : fruitless + 1
            if case .failed(let error, let asked) = result {
                let isHopeless = error.code == .unreachable && cost.bytesReceived == 0 && asked == nil
                if isHopeless || fruitless >= limits.fruitlessAttempts { throw error }
                let usual = limits.pauseMilliseconds << min(fruitless, 10)
                if fruitless > 0 { pause(min(asked ?? usual, limits.maximumPauseMilliseconds)) }
            } else if fruitless >= limits.fruitlessAttempts {
                throw ReplicationError(
                    .cut, "\(location) does not send the rest", hint: "nothing is lost; try again later")
            }
        }
        return cost
    }

    public static func sleep(milliseconds: Int) { _ = poll(nil, 0, Int32(clamping: milliseconds)) }

    private enum Result {
        case complete
        /// There is more to request.
        case part
        /// Worth another attempt, after that many milliseconds if the server stated a delay.
        case failed(ReplicationError, afterMilliseconds: Int?)
    }

    private func attempt(
        _ file: PartialFile, cost: inout Cost, progress: (UInt64, UInt64?) throws -> Void
    ) throws -> Result {
        var request = request
        let held = file.sizeBytes
        if held > 0 {
            if let tag = file.tag {
                request.headers += [("Range", "bytes=\(held)-"), ("If-Range", tag)]
            } else {
                try file.restart(tag: nil)
            }
        }
        var reception = DownloadWriter(
            file: file, mediaType: mediaType, firstBytes: firstBytes, limits: limits, location: location)
        cost.attempts += 1
        do throws(HTTPClientError) {
            let response = try session.send(
                request, onHead: { try reception.begin($0) },
                onBody: {
                    cost.bytesReceived += UInt64($0.count)
                    try reception.receive($0)
                    if reception.isOurs { try progress(file.sizeBytes, reception.totalBytes) }
                })
            cost.bytesSent += response.bytesSent
        } catch {
            if let underlying = error.underlying { throw underlying }
            let failure = ReplicationError(error, location: location)
            switch error.code {
            case .cut, .timedOut, .unreachable: return .failed(failure, afterMilliseconds: nil)
            default: throw failure
            }
        }
        if let refusal = reception.refusal {
            guard reception.mayPass else { throw refusal }
            return .failed(refusal, afterMilliseconds: reception.retryAfterMilliseconds ?? 0)
        }
        return reception.totalBytes.map { file.sizeBytes == $0 } ?? true ? .complete : .part
    }
}
