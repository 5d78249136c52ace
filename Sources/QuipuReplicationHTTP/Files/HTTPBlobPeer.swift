internal import Glibc
internal import QuipuCanonicalJSON
public import QuipuCausality
internal import QuipuHTTPClient
public import QuipuReplication
public import QuipuStorage

/// The attachment contents of an archive on a server.
public final class HTTPBlobPeer: BlobPeer {
    static let mediaType = "application/octet-stream"
    /// The largest answer to a question for missing contents, with the most hashes that it may have.
    private static let maximumAnswerBytes: UInt64 = 256 << 10

    public let location: String
    let url: ArchiveURL
    let access: RemoteAccess
    let session: HTTPSession
    let pause: (_ milliseconds: Int) -> Void

    /// - Parameters:
    ///   - access: credentials and trust; the token is sent with each request.
    ///   - pause: waits before a further attempt.
    init(
        _ url: ArchiveURL, access: RemoteAccess, over session: HTTPSession,
        pause: @escaping (_ milliseconds: Int) -> Void = FileDownload.sleep
    ) {
        self.url = url
        self.access = access
        self.session = session
        self.pause = pause
        location = "\(url.base)/\(url.name)"
    }

    /// Uses its own connection.
    ///
    /// - Parameter timeoutSeconds: a request that is idle for this time fails.
    public convenience init(
        _ url: ArchiveURL, access: RemoteAccess = RemoteAccess(), timeoutSeconds: Int? = nil,
        pause: @escaping (_ milliseconds: Int) -> Void = FileDownload.sleep
    ) {
        var configuration = HTTPSession.Configuration()
        configuration.maximumResponseBytes = max(configuration.maximumResponseBytes, Limits.blobBytes)
        if let timeoutSeconds { configuration.stallTimeoutSeconds = timeoutSeconds }
        access.apply(to: &configuration, for: url)
        self.init(url, access: access, over: HTTPSession(configuration: configuration), pause: pause)
    }

    public func missing(_ hashes: [BlobHash]) throws -> Set<BlobHash> {
        if hashes.isEmpty { return [] }
        let question = JSONMember(name: "hashes", value: .array(hashes.map { .string($0.hexadecimal) }))
        let answer = try ask(
            "POST", url.missingBlobsURL, headers: [("Content-Type", "application/json")],
            body: .bytes(JSONValue.object([question]).canonicalBytes()))
        guard answer.status == 200, answer.headers["Content-Type"] == "application/json",
            let missing = (try? JSONParser().parse(answer.body))?["missing"]?.array
        else { throw answer.refusal(at: location) }
        return Set(missing.compactMap { $0.string.flatMap { BlobHash(text: $0) } })
    }

    public func fetch(
        _ hash: BlobHash, maximumBytes: UInt64, into blobs: FolderBlobs, progress: (UInt64) -> Void
    ) throws -> BlobCost {
        let request = HTTPClientRequest(
            method: "GET", url: url.blobURL(hash.hexadecimal), headers: try access.headers(for: url))
        let download = FileDownload(
            request, of: Self.mediaType, over: session, location: location,
            limits: .init(maximumBytes: maximumBytes), pause: pause)
        let file = try blobs.partial(of: hash)
        // Whatever wrote the partial content, it is either part of this content or useless.
        if file.sizeBytes > 0, file.tag == nil { try file.note(tag: "\"\(hash.hexadecimal)\"") }
        let spent = try download.run(
            into: file, progress: { bytes, _ in progress(bytes) },
            check: { file in
                guard try file.hash() == hash else { throw ReplicationError.wrongContent(at: location) }
            })
        return BlobCost(bytesSent: spent.bytesSent, bytesReceived: spent.bytesReceived)
    }

    public func send(_ content: any BlobContent, hash: BlobHash, progress: (UInt64) -> Void) throws
        -> BlobCost
    {
        let upload = BlobUpload(content, hash: hash, to: self)
        try upload.run(progress: progress)
        return upload.cost
    }

    /// Sends a request and collects the response.
    func ask(
        _ method: String, _ address: String, headers: [(String, String)] = [],
        body: HTTPClientRequest.Body = .none
    ) throws -> BlobResponse {
        let headers = try access.headers(for: url) + headers
        var collected: [UInt8] = []
        do throws(HTTPClientError) {
            let response = try session.send(
                HTTPClientRequest(method: method, url: address, headers: headers, body: body)
            ) { bytes in
                collected.append(
                    contentsOf: bytes.prefix(max(0, Int(Self.maximumAnswerBytes) - collected.count)))
            }
            return BlobResponse(
                status: response.status, headers: response.headers, body: collected,
                cost: BlobCost(bytesSent: response.bytesSent, bytesReceived: response.bytesReceived),
                milliseconds: response.milliseconds, hasToken: access.token != nil)
        } catch {
            if let underlying = error.underlying { throw underlying }
            throw ReplicationError(error, location: location)
        }
    }
}

/// A server's response.
struct BlobResponse {
    let status: Int
    let headers: HTTPClientResponse.Headers
    let body: [UInt8]
    let cost: BlobCost
    let milliseconds: Int
    let hasToken: Bool

    func refusal(at location: String) -> ReplicationError {
        ReplicationError(
            refusal: body, status: status, contentType: headers["Content-Type"],
            retryAfter: headers["Retry-After"],
            movedTo: headers["Location"], location: location, hasToken: hasToken)
    }
}
