import Foundation
import QuipuCausality
import QuipuHTTPClient
import QuipuHosting
import QuipuReplication
import QuipuReplicationHTTP
import QuipuStorage
import Support

/// A server with one archive, and a folder of contents on this side of the link.
final class BlobScene {
    let folder: TemporaryFolder
    let server: Server
    let here: FolderBlobs
    /// The server's own folder.
    let there: FolderBlobs
    let url: String

    /// - Parameter quotaBytes: for records and contents together.
    init(quotaBytes: Int? = nil, _ change: (inout BlobLimits) -> Void = { _ in }) throws {
        folder = try TemporaryFolder()
        try Store.create(in: folder.path(of: "root/press"), name: "press")
        var limits = BlobLimits()
        change(&limits)
        var configuration = Server.Configuration()
        configuration.address = ListenAddress(host: "127.0.0.1", port: 0)
        configuration.limits = RequestLimits(quotaBytes: quotaBytes)
        server = try Server(
            FolderBackend(.directory(folder.path(of: "root"), createsArchives: true), blobLimits: limits),
            as: configuration)
        here = FolderBlobs(folder.path(of: "here"))
        there = FolderBlobs(folder.path(of: "root/press/.quipu/blobs"))
        url = server.url + "/v1/archives/"
    }

    deinit { server.stop() }

    var port: UInt16 { server.url.split(separator: ":").last.flatMap { UInt16($0) } ?? 0 }

    func peer(_ base: String? = nil) throws -> HTTPBlobPeer {
        HTTPBlobPeer(try ArchiveURL("\(base ?? server.url)/press"), timeoutSeconds: 20, pause: { _ in })
    }

    /// Contents in which a lost, doubled or moved piece shows.
    func put(_ count: Int, seed: Int = 1, into blobs: FolderBlobs) throws -> BlobHash {
        let path = folder.path(of: "source")
        try Data(Self.content(count, seed: seed)).write(to: URL(fileURLWithPath: path))
        return try blobs.add(fileAt: path).hash
    }

    static func content(_ count: Int, seed: Int = 1) -> [UInt8] {
        let period = (0..<min(count, 65_521)).map {
            UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761 &+ seed) >> 9)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + period.count)
        while bytes.count < count { bytes += period }
        return Array(bytes.prefix(count))
    }

    static func hash(_ content: [UInt8]) -> BlobHash {
        var hash = SHA256()
        content.withUnsafeBytes { hash.update($0) }
        return hash.finish()
    }

    private static func type(of method: String) -> (String, String) {
        ("Content-Type", method == "PUT" ? "application/octet-stream" : "application/json")
    }

    /// One request as it is.
    func ask(
        _ method: String, _ path: String, _ headers: [(String, String)] = [], _ body: [UInt8]? = nil,
        archive: String = "press"
    ) throws
        -> (status: Int, headers: HTTPClientResponse.Headers, body: [UInt8])
    {
        try Self.ask(method, at: url + archive + path, headers, body)
    }

    static func ask(
        _ method: String, at url: String, _ headers: [(String, String)] = [], _ body: [UInt8]? = nil
    ) throws -> (status: Int, headers: HTTPClientResponse.Headers, body: [UInt8]) {
        let (response, body) = try HTTPSession().collect(
            HTTPClientRequest(
                method: method, url: url,
                headers: (headers.contains { $0.0 == "Content-Type" } || body == nil
                    ? [] : [type(of: method)]) + headers,
                body: body.map { .bytes($0) } ?? .none))
        return (response.status, response.headers, body)
    }
}
