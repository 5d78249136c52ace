import Foundation
import QuipuCanonicalJSON
import QuipuHTTPServer
import QuipuHosting
import QuipuReplication
import QuipuReplicationHTTP
import QuipuStorage
import Support
import Synchronization
import Testing

/// A server that logs into a file, and counts.
private final class Watched {
    let folder: TemporaryFolder
    let server: Server
    let port: UInt16
    private let logger: Logger
    let faults = Faults()

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path(of: "root"), withIntermediateDirectories: true)
        let descriptor = open(folder.path(of: "log"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let made = Logger(
            descriptor: descriptor, ownsDescriptor: true, format: .json,
            nowMilliseconds: Environment.system.nowMilliseconds)
        logger = try #require(made)
        var configuration = Server.Configuration()
        configuration.address = ListenAddress(host: "127.0.0.1", port: 0)
        configuration.requestLog = logger
        configuration.version = "1.2.3"
        server = try Server(
            FolderBackend(.directory(folder.path(of: "root"), createsArchives: true)), as: configuration
        ) { [faults] in faults.add($0) }
        port = UInt16(server.url.split(separator: ":").last ?? "") ?? 0
    }

    deinit { server.stop() }

    func transport() throws -> HTTPTransport {
        HTTPTransport(try ArchiveURL("\(server.url)/press"))
    }

    /// Stops, and tells what the log then has.
    func log() throws -> (text: String, lines: [JSONValue]) {
        server.stop()
        logger.finish(timeoutMilliseconds: 60_000)
        let text = try String(contentsOfFile: folder.path(of: "log"), encoding: .utf8)
        return (text, try text.split(separator: "\n").map { try JSONParser().parse(String($0)) })
    }
}

private final class Faults: Sendable {
    private let noted = Mutex<[String]>([])
    var value: [String] { noted.withLock { $0 } }
    func add(_ fault: String) { noted.withLock { $0.append(fault) } }
}

@Suite struct `Each request is logged and counted` {
    @Test
    func `a sync is logged with its archive, route, status, bytes and time, and without content`()
        throws
    {
        let watched = try Watched()
        let group = try Replicas(1)
        try group.add([("title", "\"Confidential\"")], id: 7, at: 0, author: "Wilhelmina")
        let report = try Synchronizer(group[0], over: watched.transport()).run(agreement: nil).0
        #expect(report.inSync)
        let (text, lines) = try watched.log()
        #expect(lines.count == report.roundTrips)
        let line = try #require(lines.first)
        #expect(line["message"]?.string == "request")
        #expect(line["archive"]?.string == "press")
        #expect(line["route"]?.string == "sync")
        #expect(line["method"]?.string == "POST")
        #expect(line["status"]?.number == 200)
        #expect((line["bytesIn"]?.number ?? 0) > 100)
        #expect((line["bytesOut"]?.number ?? 0) > 50)
        #expect((line["milliseconds"]?.number ?? -1) >= 0)
        #expect(line["cut"] == nil && line["problem"] == nil && line["caller"] == nil)
        #expect(Set(lines.compactMap { $0["id"]?.string }).count == lines.count)
        #expect(!text.contains("Confidential") && !text.contains("Wilhelmina"))
    }

    @Test func `the log contains no query, no token and no unknown path`() throws {
        let watched = try Watched()
        let connection = try #require(HTTPConversation(port: watched.port))
        #expect(
            connection.get("/healthz?token=hidden", fields: "Authorization: Bearer hidden\r\n")?.status == 200
        )
        #expect(connection.get("/hidden/hidden?hidden")?.status == 404)
        connection.send("BREW-hidden /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(connection.reply()?.status == 400)
        let (text, lines) = try watched.log()
        #expect(!text.contains("hidden"))
        #expect(lines.compactMap { $0["route"]?.string } == ["health", "none", "none"])
        #expect(lines.compactMap { $0["problem"]?.string } == ["no-such-route", "bad-request"])
    }

    @Test func `a valid request id is returned to the caller, and an invalid one is replaced`() throws {
        let watched = try Watched()
        let connection = try #require(HTTPConversation(port: watched.port))
        let named = connection.get("/healthz", fields: "X-Request-Id: 7f.A-b_9\r\n")
        #expect(named?.header("X-Request-Id") == "7f.A-b_9")
        for bad in ["a b", "<script>", String(repeating: "a", count: 65), ""] {
            let reply = connection.get("/healthz", fields: "X-Request-Id: \(bad)\r\n")
            #expect(reply?.status == 200)
            #expect(reply?.header("X-Request-Id") == nil)
        }
        // One that went wrong is told its name, to complain with.
        let refused = try #require(connection.get("/nowhere")?.header("X-Request-Id"))
        let ids = try watched.log().lines.compactMap { $0["id"]?.string }
        #expect(ids.count == 6 && Set(ids).count == 6)
        #expect(ids.first == "7f.A-b_9" && ids.last == refused)
        #expect(ids.allSatisfy { !$0.isEmpty && !$0.contains(" ") && $0.count < 65 })
    }

    @Test func `refusals by the transport are problem documents`() throws {
        let watched = try Watched()
        let connection = try #require(HTTPConversation(port: watched.port))
        connection.send(
            "POST /v1/archives/press/sync HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        let reply = try #require(connection.reply())
        #expect(reply.status == 413)
        #expect(reply.header("Content-Type") == "application/problem+json")
        let problem = try JSONParser().parse(reply.text)
        #expect(problem["type"]?.string == "urn:quipu:problem:too-large")
        #expect(problem["detail"]?.string?.isEmpty == false)
    }

    @Test func `the metrics match the requests that were made`() throws {
        let watched = try Watched()
        let group = try Replicas(2)
        for index in 1...3 { try group.add([("title", "\"\(index)\"")], id: UInt128(index), at: 0) }
        let reports = try [0, 1].map {
            try Synchronizer(group[$0], over: watched.transport()).run(agreement: nil).0
        }
        let connection = try #require(HTTPConversation(port: watched.port))
        for path in ["/healthz", "/a/a", "/b\"\\"] { _ = connection.get(path) }
        let reply = try #require(connection.get("/metrics"))
        #expect(reply.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        let page = try ParsedMetrics(reply.text)
        let pieces = Double(reports.reduce(0) { $0 + $1.roundTrips })
        #expect(page[#"quipu_http_requests_total{route="sync",method="POST",status="200"}"#] == pieces)
        #expect(page[#"quipu_http_requests_total{route="none",method="GET",status="404"}"#] == 2)
        #expect(page[#"quipu_http_requests_total{route="health",method="GET",status="200"}"#] == 1)
        #expect(page[#"quipu_problems_total{type="no-such-route"}"#] == 2)
        #expect(page[#"quipu_exchange_pieces_total{direction="received"}"#] == pieces)
        #expect(page[#"quipu_exchange_pieces_total{direction="sent"}"#] == pieces)
        #expect(page[#"quipu_exchange_transactions_total{direction="received"}"#] == 3)
        #expect(page[#"quipu_exchange_transactions_total{direction="sent"}"#] == 3)
        #expect(page["quipu_open_archives"] == 1)
        #expect(page["quipu_open_conflicts"] == 0)
        #expect(page["quipu_watchers"] == 0)
        #expect(page["quipu_http_requests_cut_total"] == 0)
        #expect(page[#"quipu_build_info{version="1.2.3"}"#] == 1)
        #expect((page["process_start_time_seconds"] ?? 0) > 1_700_000_000)
        #expect((page["process_resident_memory_bytes"] ?? 0) > 1_000_000)
        #expect(page[#"quipu_http_request_duration_seconds_count{route="sync"}"#] == pieces)
        #expect(page[#"quipu_http_request_duration_seconds_bucket{route="sync",le="+Inf"}"#] == pieces)
        #expect((page[#"quipu_http_received_bytes_total{route="sync"}"#] ?? 0) > 100)
    }

    @Test func `open conflicts of served archives are counted`() throws {
        let watched = try Watched()
        let group = try Replicas(2)
        try group.add([("title", "\"both\"")], id: 7, at: 0)
        try group.sync(0, 1)
        try group.add([("title", "\"one\"")], id: 7, at: 0)
        try group.add([("title", "\"other\"")], id: 7, at: 1)
        for replica in [0, 1] {
            _ = try Synchronizer(group[replica], over: watched.transport()).run(agreement: nil)
        }
        let connection = try #require(HTTPConversation(port: watched.port))
        let page = try ParsedMetrics(try #require(connection.get("/metrics")).text)
        #expect(page["quipu_open_conflicts"] == 1)
    }

    @Test func `watchers are counted while they are connected`() throws {
        let watched = try Watched()
        let group = try Replicas(1)
        _ = try Synchronizer(group[0], over: watched.transport()).run(agreement: nil)
        let connection = try #require(HTTPConversation(port: watched.port))
        func count() throws -> Double? {
            try ParsedMetrics(try #require(connection.get("/metrics")).text)["quipu_watchers"]
        }
        do {
            let watcher = try #require(HTTPConversation(port: watched.port))
            #expect(watcher.get("/v1/archives/press/events")?.status == 200)
            #expect(try count() == 1)
        }
        while try count() != 0 {}
        #expect(try count() == 0)
    }

    @Test func `unknown methods and paths do not create their own series`() throws {
        let watched = try Watched()
        let connection = try #require(HTTPConversation(port: watched.port))
        for index in 0..<50 {
            let letter = String(UnicodeScalar(UInt8(65 + index % 26)))
            connection.send(
                "X-\(letter) /\(index)/\(index) HTTP/1.1\r\nHost: 127.0.0.1:\(watched.port)\r\n\r\n")
            #expect(connection.reply()?.status == 404)
        }
        let page = try ParsedMetrics(try #require(connection.get("/metrics")).text)
        #expect(page[#"quipu_http_requests_total{route="none",method="other",status="404"}"#] == 50)
        #expect(page.series.count { $0.hasPrefix("quipu_http_requests_total{") } == 1)
    }
}

@Suite struct ReadinessTests {
    @Test func `a server whose folder is gone is alive but not ready and tells only its operator why`() throws
    {
        let watched = try Watched()
        let connection = try #require(HTTPConversation(port: watched.port))
        #expect(connection.get("/readyz")?.status == 200)
        try FileManager.default.removeItem(atPath: watched.folder.path(of: "root"))
        #expect(connection.get("/healthz")?.status == 200)
        let reply = try #require(connection.get("/readyz"))
        #expect(reply.status == 503)
        #expect(reply.header("Retry-After") != nil)
        #expect(reply.text.contains("urn:quipu:problem:not-ready"))
        #expect(!reply.text.contains(watched.folder.path))
        #expect(watched.faults.value.contains { $0.contains(watched.folder.path) })
    }
}
