internal import Glibc
public import QuipuHTTPClient
internal import QuipuReplication
public import QuipuStorage

/// Downloads something immutable into a file, however often the link is cut: what has arrived stays in `NAME.partial`
/// (this process's user may read it, nobody else), and each further request, of this run or a later one, asks for
/// the rest only, under the strong entity tag of what it holds (`Range` with `If-Range`, RFC 9110, section 13.1.5).
/// Something else under the same address thus begins anew instead of being joined to the old part. The file takes its
/// name only after the caller has checked it, and is on the disk then.
public struct FileDownload {
    public struct Limits: Sendable {
        /// A larger file is refused, as soon as that is known.
        public var maximumBytes: UInt64
        /// So many attempts in a row may bring less than `progressBytes`; then it is given up until the next run.
        public var fruitlessAttempts = 4
        public var progressBytes: UInt64 = 16 << 10
        /// Before the second attempt in a row; doubled before each further one.
        public var pauseMilliseconds = 200
        /// What a server may ask to wait (`Retry-After`).
        public var maximumPauseMilliseconds = 10_000

        public init(maximumBytes: UInt64) { self.maximumBytes = maximumBytes }
    }

    /// What a download cost.
    public struct Cost: Sendable {
        public var bytesSent: UInt64 = 0
        public var bytesReceived: UInt64 = 0
        public var attempts = 0
        /// How much was there before.
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
    ///   - request: a GET, with what the server must be told to allow it.
    ///   - mediaType: of what is asked for. A page of some other type comes from somebody between the two, and does
    ///     not touch what has arrived.
    ///   - firstBytes: with which every such file begins; what begins otherwise is cut there.
    ///   - location: what messages call the server's archive.
    ///   - pause: waits; a sleep unless something better is known.
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

    /// Fills `file` and gives it its name.
    ///
    /// - Parameters:
    ///   - progress: as in `fetch`.
    ///   - check: throws if the whole is not what it should be; nothing of it is kept then.
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

    /// Fills `file`, which does not take its name: for what is used up at once.
    ///
    /// - Parameter progress: is told of the bytes that are there, and of how many there will be where that is known.
    ///   What it throws ends the download at once.
    /// - Throws: `ReplicationError`, `StorageError` of this machine's disk, or what `progress` throws. What has arrived
    ///   stays for the next run, unless it is not what was asked for.
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
            // Another content begins at nothing; that it does so again and again is no progress.
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
                    .cut, "\(location) sends nothing of the rest", hint: "nothing is lost; try again later")
            }
        }
        return cost
    }

    public static func sleep(milliseconds: Int) { _ = poll(nil, 0, Int32(clamping: milliseconds)) }

    private enum Result {
        case complete
        /// There is more to ask for.
        case part
        /// Worth another attempt, after so many milliseconds if the server said so.
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
