import Foundation
import QuipuCausality
import QuipuHTTPClient
import QuipuHosting
import QuipuReplication
import QuipuReplicationHTTP
import QuipuStorage
import Support
import Testing

/// Two servers over one database with one archive, and a folder of contents on this side of the link.
final class SharedBlobScene {
    let shared: SharedDatabase
    let backends: [DatabaseBackend]
    let servers: [Server]
    let here: FolderBlobs
    let world = FakeWorld()

    /// - Parameter quotaBytes: for records and contents together.
    init(quotaBytes: Int? = nil, _ change: (inout BlobLimits) -> Void = { _ in }) throws {
        let shared = try SharedDatabase(0)
        let environment = world.environment()
        var limits = BlobLimits()
        change(&limits)
        var configuration = Server.Configuration()
        configuration.address = ListenAddress(host: "127.0.0.1", port: 0)
        configuration.limits = RequestLimits(quotaBytes: quotaBytes)
        backends = try (0..<2).map {
            try DatabaseBackend(
                shared.url, cache: shared.cache($0), environment: environment, blobLimits: limits)
        }
        for (index, name) in ["press", "other"].enumerated() {
            _ = try backends[0].create(named: name, id: ArchiveID(rawValue: UInt128(index) + 1))
        }
        servers = try backends.map { try Server($0, as: configuration) }
        here = FolderBlobs(shared.places.path(of: "here"))
        self.shared = shared
    }

    deinit {
        for server in servers { server.stop() }
        for backend in backends { backend.close() }
    }

    func blobs(_ backend: Int, of archive: String = "press") throws -> any BlobStore {
        try #require(backends[backend].archive(named: archive)?.blobs)
    }

    func port(_ server: Int) -> UInt16 {
        servers[server].url.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
    }

    func peer(_ base: String) throws -> HTTPBlobPeer {
        HTTPBlobPeer(try ArchiveURL("\(base)/press"), timeoutSeconds: 20, pause: { _ in })
    }

    func put(_ content: [UInt8]) throws -> BlobHash {
        let path = shared.places.path(of: "source")
        try Data(content).write(to: URL(fileURLWithPath: path))
        return try here.add(fileAt: path).hash
    }

    /// One request to one of the servers as it is.
    func ask(
        _ server: Int, _ method: String, _ path: String, _ headers: [(String, String)] = [],
        _ body: [UInt8]? = nil
    ) throws -> (status: Int, headers: HTTPClientResponse.Headers, body: [UInt8]) {
        try BlobScene.ask(method, at: servers[server].url + "/v1/archives/press" + path, headers, body)
    }

    /// How many contents there are, whole or not, and how many parts.
    var counts: String {
        get throws {
            try shared.sql("SELECT (SELECT count(*) FROM quipu.blob), (SELECT count(*) FROM quipu.blob_part)")
        }
    }
}

extension BlobReception {
    func append(_ bytes: ArraySlice<UInt8>) throws { try bytes.withUnsafeBytes { try append($0) } }
}

extension BlobStore {
    func bytes(of hash: BlobHash) throws -> [UInt8]? {
        try content(of: hash).map { try $0.read(at: 0, count: Int($0.sizeBytes) + 1) }
    }
}
