internal import QuipuHTTPClient
internal import QuipuReplication
internal import QuipuStorage

/// Writes one response of a download into the file.
struct DownloadWriter {
    /// The most bytes of an error description.
    private static let maximumProblemBytes = 64 << 10

    let file: PartialFile
    let mediaType: String
    let firstBytes: [UInt8]
    let limits: FileDownload.Limits
    let location: String

    /// Whether the response's body belongs to the file.
    private(set) var isOurs = false
    /// The total size; nil if the server does not state it.
    private(set) var totalBytes: UInt64?
    private(set) var retryAfterMilliseconds: Int?
    private var head: HTTPClientResponse.Head?
    private var problem: [UInt8] = []

    init(
        file: PartialFile, mediaType: String, firstBytes: [UInt8], limits: FileDownload.Limits,
        location: String
    ) {
        self.file = file
        self.mediaType = mediaType
        self.firstBytes = firstBytes
        self.limits = limits
        self.location = location
    }

    mutating func begin(_ head: HTTPClientResponse.Head) throws {
        self.head = head
        switch head.status {
        case 200 where head.headers["Content-Type"] == mediaType:
            isOurs = true
            totalBytes = head.headers["Content-Length"].flatMap { UInt64($0) }
            try requireRoom(totalBytes ?? 0)
            let tag = head.headers["ETag"]
            // A weak tag does not identify bytes.
            try file.restart(tag: tag.flatMap { $0.hasPrefix("\"") ? $0 : nil })
        case 206:
            guard let range = ContentRange(head.headers["Content-Range"] ?? ""),
                range.bytes.lowerBound == file.sizeBytes, head.headers["ETag"] == file.tag
            else {
                file.discard()
                throw ReplicationError(
                    .notQuipu, "\(location) sent another range than was requested",
                    hint: "none of it was kept; try again, and check the proxies in between")
            }
            isOurs = true
            totalBytes = range.totalBytes
            try requireRoom(range.totalBytes ?? range.bytes.upperBound)
        case 416:
            // The download was complete but not renamed; or the server has less than it stated.
            let total = ContentRange.total(ofUnsatisfied: head.headers["Content-Range"] ?? "")
            if file.sizeBytes > 0, total == file.sizeBytes {
                isOurs = true
                totalBytes = total
            } else {
                try file.restart(tag: nil)
            }
        default:
            retryAfterMilliseconds = head.headers["Retry-After"].flatMap { Int($0) }.map {
                min(max($0, 0), 3600) * 1000
            }
        }
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer) throws {
        guard isOurs else {
            if problem.count < Self.maximumProblemBytes {
                problem.append(contentsOf: bytes.prefix(Self.maximumProblemBytes - problem.count))
            }
            return
        }
        // The body of a 416 is not content.
        guard head?.status != 416 else { return }
        try requireRoom(file.sizeBytes + UInt64(bytes.count))
        guard zip(firstBytes.dropFirst(Int(clamping: file.sizeBytes)), bytes).allSatisfy({ $0 == $1 }) else {
            file.discard()
            throw ReplicationError(
                .damaged, "\(location) sent something else than was requested",
                hint: "none of it was kept; check the proxies in between")
        }
        try file.append(bytes)
    }

    /// Why the response had nothing for the file; nil if it had.
    var refusal: ReplicationError? {
        guard !isOurs, let head else { return nil }
        return ReplicationError(
            refusal: problem, status: head.status, contentType: head.headers["Content-Type"],
            movedTo: head.headers["Location"], location: location)
    }

    /// Whether the refusal is temporary.
    var mayPass: Bool { [416, 429, 502, 503, 504].contains(head?.status) }

    private func requireRoom(_ bytes: UInt64) throws {
        guard bytes <= limits.maximumBytes else {
            throw ReplicationError(
                .tooLarge, "\(location) sent more than the limit of \(limits.maximumBytes) bytes",
                hint: "nothing is lost; check that the address is the right one")
        }
    }
}
