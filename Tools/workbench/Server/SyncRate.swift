internal import Glibc
internal import QuipuCausality
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

/// How many syncs with nothing to do one server answers a second on 32 connections, beside libmicrohttpd alone with a
/// reply of the same size. The same client asks both, with the same recorded message, in turns.
struct SyncRate {
    let quipu: String
    let bare: String
    let wrk: String
    let folder: String

    private static let connections = 32
    private static let rounds = 5
    private static let seconds = 3
    /// Of the design, section 9.
    private static let bar = 0.5

    func measure() -> [Row] {
        mkdir(folder, 0o755)
        let server = ChildProcess([
            quipu, "serve", "--quiet", "--root", folder + "/root", "--listen", "127.0.0.1:0",
        ])
        let base = server.readLine()
        let sample: Recording
        do { sample = try record(at: base + "/press") } catch { fail("no message was recorded: \(error)") }
        let script = folder + "/post.lua"
        write(script: sample.message, to: script)
        let limit = ChildProcess([bare, String(sample.replyBytes)])
        let limitURL = limit.readLine()

        var rates: [(ours: Double, limit: Double)] = []
        for _ in 0..<Self.rounds {
            rates.append(
                (rate(of: base + "/v1/archives/press/sync", script), rate(of: limitURL + "/", script)))
        }
        for process in [server, limit] { process.terminate() }
        if server.wait().exitCode != 0 || limit.wait().exitCode != 0 { fail("a server did not end well") }
        let name = "nothing-to-do sync, \(Self.connections) connections"
        return [
            Row(
                name: name, values: rates.map { 1e6 / $0.ours }, unit: "µs",
                limits: rates.map { 1e6 / $0.limit }, bar: .ratioAtLeast(Self.bar)),
            Row(name: "the same, by the second", values: rates.map(\.ours), unit: "/s"),
            Row(name: "bare reply, by the second", values: rates.map(\.limit), unit: "/s"),
        ]
    }

    /// The message of a mirror that is in step with the server.
    private func record(at url: String) throws -> Recording {
        let store = try Store.create(in: folder + "/ana", name: "press")
        _ = try store.edit([Edit.article(titled: "the only one")], author: "ana")
        let transport = Recording(HTTPTransport(try ArchiveURL(url)))
        let (_, agreement) = try Synchronizer(store, over: transport).run(agreement: nil)
        let (report, _) = try Synchronizer(store, over: transport).run(agreement: agreement)
        guard report.inSync, report.roundTrips == 1 else { fail("there was something to do") }
        return transport
    }

    private func write(script message: [UInt8], to path: String) {
        let text = message.map { byte in
            let digits = String(byte)
            return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }
        let lines = """
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "\(ExchangeMedia.type)"
            wrk.body = "\(text.joined())"

            """
        guard let file = fopen(path, "w") else { fail("cannot write \(path)") }
        fputs(lines, file)
        fclose(file)
    }

    private func rate(of url: String, _ script: String) -> Double {
        let client = ChildProcess([
            wrk, "-t1", "-c\(Self.connections)", "-d\(Self.seconds)s", "-s", script, url,
        ])
        let said = client.readAll()
        guard client.wait().exitCode == 0, !said.contains("Non-2xx"), !said.contains("Socket errors"),
            let line = said.split(separator: "\n").first(where: { $0.hasPrefix("Requests/sec:") }),
            let rate = line.split(separator: " ").last.flatMap({ Double($0) })
        else { fail("requests failed: \(said)") }
        return rate
    }
}

/// A transport that keeps the last message that went by.
private final class Recording: Transport {
    private let inner: any Transport
    private(set) var message: [UInt8] = []
    private(set) var replyBytes = 0

    init(_ inner: any Transport) { self.inner = inner }

    var location: String { inner.location }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        self.message = message
        replyBytes = 0
        return try inner.exchange(message) { bytes in
            replyBytes += bytes.count
            try receive(bytes)
        }
    }
}

extension Edit {
    static func article(titled title: String) -> Edit {
        Edit(
            id: .timeOrdered(.system), kind: "article",
            changes: [Edit.Change(field: "title", json: Array("\"\(title)\"".utf8))])
    }
}
