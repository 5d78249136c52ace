import Foundation
import QuipuCanonicalJSON
import QuipuCausality
import QuipuHTTPClient
import QuipuHosting
import QuipuReplication
import QuipuReplicationHTTP
import QuipuStorage
import Support
import Testing

/// Every request beside ten times as much in the archive that it is about, by counts: what SQLite does for it on the server,
/// and what goes over the wire.
@Suite struct RouteCostTests {
    private struct Cost: CustomStringConvertible {
        var tally: StatementMeter.Tally
        var bytes: Int
        var description: String { "\(tally), \(bytes) bytes" }
    }

    private struct Row: Sendable {
        let name: String
        /// Of which the cheapest counts.
        var times = 1
        /// Room for a number with a digit more.
        var moreBytes = 120
        /// What it may grow in step with, and why.
        var grows: [Surroundings: String] = [:]
        /// - Returns: bytes on the wire.
        let ask: @Sendable (Scene) throws -> Int

        static let vector: [Surroundings: String] = [
            .origins: "what is known has one hash over the ends of all chains"
        ]
    }

    /// More origins than one message tells, at both sizes.
    private static let sizes = (small: 130, large: 1_300)
    private static let greatestFactor = 14

    @Test(arguments: Surroundings.allCases)
    func `a request costs the same beside ten times as much data`(_ surroundings: Surroundings) throws {
        let (small, large) = (
            try costs(beside: Self.sizes.small, surroundings),
            try costs(beside: Self.sizes.large, surroundings)
        )
        for (row, (one, other)) in zip(Self.rows, zip(small, large)) {
            let what: Comment = "\(row.name), more \(surroundings): \(one); then \(other)"
            let factor = row.grows[surroundings] == nil ? 1 : Self.greatestFactor
            let half = factor == 1 ? 2 : 1
            let (first, then) = (one.tally, other.tally)
            #expect(then.statements <= factor * first.statements + first.statements / 4 + 6, what)
            #expect(then.steps <= factor * first.steps + first.steps / half + 700, what)
            #expect(then.pages <= factor * first.pages + first.pages / half + 40, what)
            #expect(other.bytes <= factor * one.bytes + row.moreBytes, what)
        }
    }

    @Test func `every route has a row in the cost table`() throws {
        let description = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appending(path: "../../Schema/openapi.yaml"), encoding: .utf8)
        let paths = description.split(separator: "\n").filter { $0.hasPrefix("  /") && $0.hasSuffix(":") }
        #expect(paths.count >= 8)
        // Those of records have rows in `RecordsRouteCostTests`.
        let ofPage: Set<Substring> = ["  /:", "  /{name}:", "  /page/{file}:", "  /v1/session:"]
        for path in paths where !ofPage.contains(path) && !isOfRecords(path) {
            let name =
                path.split(separator: "/").last { !$0.hasPrefix("{") }.map { $0.filter { $0 != ":" } } ?? ""
            #expect(Self.rows.contains { $0.name == name || $0.name.hasPrefix(name + " ") }, "\(path)")
        }
    }

    /// Whether a path of an archive is one of the interface for records.
    private func isOfRecords(_ path: Substring) -> Bool {
        let words = path.split(separator: "/").map { $0.filter { $0 != ":" } }
        guard words.count > 4, words[2] == "archives" else { return false }
        let own: Set<String> = [
            "records", "edits", "annotations", "conflicts", "log", "changes", "status", "tags", "collections",
            "import", "export", "attachments", "tickets", "remotes", "syncs",
        ]
        return own.contains(words[4])
    }

    private func costs(beside count: Int, _ surroundings: Surroundings) throws -> [Cost] {
        let scene = try Scene(beside: count, surroundings)
        return try Self.rows.map { row in
            let costs = try (0..<row.times).map { _ in
                var bytes = 0
                let tally = try scene.meter.count { bytes = try row.ask(scene) }
                return Cost(tally: tally, bytes: bytes)
            }
            return try #require(costs.min { $0.tally.steps < $1.tally.steps })
        }
    }

    private static let all = "it is about all of the archive"
    private static let rows: [Row] = [
        Row(name: "healthz") { try $0.get("/healthz") },
        Row(name: "readyz") { try $0.get("/readyz") },
        // It has lines for each route and status that there was.
        Row(name: "metrics", moreBytes: 5_000) { try $0.get("/metrics") },
        Row(name: "share that there is none of") {
            try $0.ask("GET", "/v1/share", [], nil, expecting: 404..<405)
        },
        Row(name: "sync with nothing to do", grows: Row.vector) { try $0.sync(0) },
        Row(name: "sync that brings an edit", grows: Row.vector) { scene in
            try scene.group.add([("tags/late", "true")], id: 1, at: 0)
            return try scene.sync(0)
        },
        Row(name: "sync that takes an edit", grows: Row.vector) { try $0.sync(1) },
        // Who watches is looked after by a thread of its own, which may look once more or not.
        Row(name: "events", times: 8, grows: Row.vector) { try $0.firstEvent() },
        Row(
            name: "snapshot that is made",
            grows: Dictionary(uniqueKeysWithValues: Surroundings.allCases.map { ($0, Self.all) })
        ) { try $0.get("/v1/archives/press/snapshot", [("Range", "bytes=0-0")]) },
        Row(name: "snapshot that is ready") {
            try $0.get("/v1/archives/press/snapshot", [("Range", "bytes=0-0")])
        },
        Row(name: "missing-blobs") { scene in
            try scene.ask(
                "POST", "/v1/archives/press/missing-blobs",
                [("Content-Type", "application/json")],
                Array("{\"hashes\":[\"\(BlobScene.hash(scene.content).hexadecimal)\"]}".utf8))
        },
        Row(name: "blobs PUT") { scene in
            try scene.ask(
                "PUT", scene.blob, [("Content-Type", "application/octet-stream")], scene.content)
        },
        Row(name: "blobs GET") { try $0.get($0.blob) },
    ]

    /// A server with an archive that two machines are in step with.
    private final class Scene {
        let folder: TemporaryFolder
        let meter: StatementMeter
        let group: Replicas
        let server: Server
        let content = BlobScene.content(1_000)
        private var agreements: [Agreement?] = [nil, nil]

        init(beside count: Int, _ surroundings: Surroundings) throws {
            folder = try TemporaryFolder()
            group = try Replicas(2)
            try group.add([("title", "\"Water\"")], id: 1, at: 0)
            try surroundings.fill(group[0], beside: group[1], world: group.world, count: count) { [group] in
                try group.sync(0, 1)
            }
            meter = StatementMeter(over: folder)
            var configuration = Server.Configuration()
            configuration.address = ListenAddress(host: "127.0.0.1", port: 0)
            server = try Server(
                FolderBackend(.directory(folder.path, createsArchives: true)), as: configuration)
            for replica in [0, 1, 0] { try sync(replica) }
        }

        deinit { server.stop() }

        var blob: String { "/v1/archives/press/blobs/\(BlobScene.hash(content).hexadecimal)" }

        @discardableResult
        func sync(_ replica: Int) throws -> Int {
            let transport = HTTPTransport(try ArchiveURL(server.url + "/press"))
            let (report, agreement) = try Synchronizer(group[replica], over: transport)
                .run(agreement: agreements[replica])
            #expect(report.inSync)
            agreements[replica] = agreement
            return report.bytesSent + report.bytesReceived
        }

        func get(_ path: String, _ headers: [(String, String)] = []) throws -> Int {
            try ask("GET", path, headers, nil)
        }

        func ask(
            _ method: String, _ path: String, _ headers: [(String, String)], _ body: [UInt8]?,
            expecting statuses: Range<Int> = 200..<300
        ) throws -> Int {
            let answer = try BlobScene.ask(method, at: server.url + path, headers, body)
            #expect(statuses.contains(answer.status), "\(method) \(path): \(answer.status)")
            return (body?.count ?? 0) + answer.body.count
        }

        /// Bytes until there is one.
        func firstEvent() throws -> Int {
            let session = HTTPSession()
            var bytes = 0
            _ = try? session.send(
                HTTPClientRequest(method: "GET", url: server.url + "/v1/archives/press/events", headers: [])
            ) { _ in
            } onBody: {
                bytes += $0.count
                session.canceller.cancel()
            }
            return bytes
        }
    }
}
