internal import QuipuCausality
internal import QuipuHTTPClient
internal import QuipuReplication
internal import QuipuStorage

/// Uploads a content in blocks. After each block, and on request, the server states how much it has; so an
/// interruption costs at most the current block, also one in an earlier run. Blocks grow while they succeed quickly,
/// to use a good link, and shrink when they are interrupted, to get through a bad one.
final class BlobUpload {
    static let firstBlockBytes: UInt64 = 1 << 20
    static let smallestBlockBytes: UInt64 = 64 << 10
    static let largestBlockBytes: UInt64 = 8 << 20
    /// After a block that takes less time, the next one is twice as long.
    private static let quickMilliseconds = 1_000
    /// Consecutive attempts that may fail.
    private static let fruitlessAttempts = 4
    private static let pauseMilliseconds = 200
    private static let maximumPauseMilliseconds = 10_000

    private let content: any BlobContent
    private let hash: BlobHash
    private let peer: HTTPBlobPeer
    private var blockBytes = firstBlockBytes
    private(set) var cost = BlobCost()

    init(_ content: any BlobContent, hash: BlobHash, to peer: HTTPBlobPeer) {
        self.content = content
        self.hash = hash
        self.peer = peer
    }

    private enum Step {
        /// The server has this many bytes.
        case held(UInt64)
        case done
        /// Worth another attempt, after that many milliseconds if the server stated a delay.
        case failed(ReplicationError, afterMilliseconds: Int?)
    }

    func run(progress: (UInt64) -> Void) throws {
        var best: UInt64 = 0
        var fruitless = 0
        var hasRestarted = false
        // Nil if the server must be asked.
        var offset: UInt64?
        while true {
            let step: Step
            if let offset {
                step = try sendBlock(from: offset, progress: progress)
            } else {
                step = try inquire()
            }
            switch step {
            case .done:
                return
            case .held(let bytes):
                // What was there before this run is neither progress nor a lack of it.
                if offset == nil, best == 0 { best = bytes }
                fruitless = bytes > best || offset == nil ? fruitless : fruitless + 1
                if bytes > best { (best, fruitless) = (bytes, 0) }
                offset = bytes
                progress(bytes)
            case .failed(let error, let asked):
                if error.code == .wrongContent, !hasRestarted {
                    // Another client may have uploaded wrong bytes; they have been discarded.
                    (hasRestarted, best, offset) = (true, 0, 0)
                    continue
                }
                fruitless += 1
                guard error.code != .wrongContent, fruitless < Self.fruitlessAttempts else { throw error }
                blockBytes = max(Self.smallestBlockBytes, blockBytes / 2)
                let usual = Self.pauseMilliseconds << fruitless
                peer.pause(min(asked ?? usual, Self.maximumPauseMilliseconds))
                offset = nil
            }
            guard fruitless < Self.fruitlessAttempts else {
                throw ReplicationError(
                    .cut, "\(peer.location) does not accept the rest",
                    hint: "nothing is lost; try again later")
            }
        }
    }

    private var url: String { peer.url.blobURL(hash.hexadecimal) }

    /// Returns how much the server has.
    private func inquire() throws -> Step {
        try attempt { peer in
            try peer.ask("HEAD", url)
        } reading: { answer in
            switch answer.status {
            case 200: return .done
            case 404:
                // Another 404 may come from a proxy.
                guard let held = answer.headers["Upload-Offset"].flatMap({ UInt64($0) }) else { return nil }
                return .held(min(held, content.sizeBytes))
            default: return nil
            }
        }
    }

    private func sendBlock(from offset: UInt64, progress: (UInt64) -> Void) throws -> Step {
        let size = content.sizeBytes
        // A content that is complete but unchecked is checked with its last byte.
        let first = size > 0 ? min(offset, size - 1) : 0
        let count = min(blockBytes, size - first)
        var fields = [("Content-Type", HTTPBlobPeer.mediaType)]
        if size > 0 { fields.append(("Content-Range", "bytes \(first)-\(first + count - 1)/\(size)")) }
        var sent: UInt64 = 0
        return try withoutActuallyEscaping(progress) { progress in
            let content = content
            let body = HTTPClientRequest.Body.stream(lengthBytes: count) { maximumBytes in
                let bytes = try content.read(
                    at: first + sent, count: Int(min(UInt64(maximumBytes), count - sent)))
                sent += UInt64(bytes.count)
                progress(first + sent)
                return bytes
            }
            return try attempt { peer in
                try peer.ask("PUT", url, headers: fields, body: count > 0 ? body : .none)
            } reading: { answer in
                switch answer.status {
                case 201, 204: return .done
                case 202, 409:
                    guard let held = answer.headers["Upload-Offset"].flatMap({ UInt64($0) }), held <= size
                    else { return nil }
                    if answer.status == 202, answer.milliseconds < Self.quickMilliseconds {
                        blockBytes = min(blockBytes * 2, Self.largestBlockBytes)
                    }
                    return .held(held)
                default: return nil
                }
            }
        }
    }

    /// - Parameter reading: nil for an unexpected response.
    private func attempt(
        _ request: (HTTPBlobPeer) throws -> BlobResponse, reading: (BlobResponse) -> Step?
    ) throws -> Step {
        let answer: BlobResponse
        do {
            answer = try request(peer)
        } catch let error as ReplicationError {
            guard error.isPassing else { throw error }
            return .failed(error, afterMilliseconds: nil)
        }
        cost.bytesSent += answer.cost.bytesSent
        cost.bytesReceived += answer.cost.bytesReceived
        if let step = reading(answer) { return step }
        let refusal = answer.refusal(at: peer.location)
        let asked = answer.headers["Retry-After"].flatMap { Int($0) }.map { min(max($0, 0), 3600) * 1000 }
        guard refusal.code == .wrongContent || [409, 429, 502, 503, 504].contains(answer.status) else {
            throw refusal
        }
        return .failed(refusal, afterMilliseconds: asked)
    }
}
