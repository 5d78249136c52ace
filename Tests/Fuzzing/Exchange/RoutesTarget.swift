import QuipuCanonicalJSON
import QuipuHTTPServer
import QuipuHosting
import Support

extension FuzzTarget {
    /// Any request at the routes, in process: an answer that is JSON or a message, and never the server's fault.
    static let routes = FuzzTarget(
        name: "routes", subject: "HTTP: framing, routes, bodies, against a real folder of archives",
        maximumInputBytes: 1_024
    ) { bytes in
        let scene = try ExchangeScene.shared.get()
        var choices = Choices(bytes)
        let hasForgedBody = choices.flag()
        let isKnownPath = choices.flag()
        let portionBytes = 1 + choices.number(below: 500)
        let method = choices.pick(["POST", "GET", "HEAD", "PUT", "DELETE", "OPTIONS", ""])
        try frame(&choices)
        let path =
            isKnownPath
            ? choices.pick([
                "/v1/archives/press/sync", "/healthz", "/readyz", "/metrics", "/v1/archives/press/snapshot",
                "/v1/archives/other/sync",
                "/v1/archives/press",
            ])
            : "/" + String(decoding: choices.some(), as: UTF8.self)
        let rest = choices.rest()
        let body = rest.withUnsafeBytes { bytes in
            if !hasForgedBody { return rest }
            var liar = Forger(bytes, in: scene)
            return liar.message()
        }

        let folder = try TemporaryFolder()
        _ = try scene.image.write(to: folder.path(of: "press"))
        let faults = Faults()
        let router = Router(
            backend: FolderBackend(
                .directory(folder.path, createsArchives: true), environment: FakeWorld().environment())
        ) { faults.note($0) }
        let response = answer(
            router.route(
                HTTPRequestHead(
                    method: method, path: path,
                    headers: .init([("Content-Type", "application/vnd.quipu.exchange")]))), to: body,
            portionBytes)
        try expect(faults.noted.isEmpty, "the server calls it a fault: \(faults.noted)")
        try expect(response.status < 500, "it is answered \(response.status)")
        guard case .bytes(let content) = response.body else { return }
        let type = response.headers.first { $0.0 == "Content-Type" }?.1 ?? ""
        try expect(!type.hasSuffix("json") || isCanonicalJSON(content), "the answer is not JSON")
    }

    /// How the request says where its body ends.
    private static func frame(_ choices: inout Choices) throws {
        let names = ["Content-Length", "Transfer-Encoding", "host", "Host", "Content-length", "X"]
        let values = ["0", "1", "chunked", "Chunked", "a", "18446744073709551616", "-1", "+1", " 1"]
        let fields = (0..<choices.number(below: 4)).map { _ in
            (
                name: choices.pick(names),
                value: choices.rarely()
                    ? String(decoding: choices.some(), as: UTF8.self) : choices.pick(values)
            )
        }
        let framing: Framing
        do throws(HTTPRequestError) {
            framing = try Framing(
                of: HTTPRequestHead.Headers(fields), version: choices.pick(["HTTP/1.1", "HTTP/1.0"]))
        } catch {
            try expect(
                (400...501).contains(error.status), "a head is refused with \(error.status)")
            return
        }
        let lengths = fields.count { $0.name.lowercased() == "content-length" }
        let encodings = fields.count { $0.name == "Transfer-Encoding" }
        try expect(lengths + encodings <= 1, "a body has two ends")
        try expect((framing.lengthBytes == nil) == (encodings == 1), "a body ends where it does not say")
    }

    private static func answer(_ disposition: HTTPDisposition, to body: [UInt8], _ portionBytes: Int)
        -> HTTPResponse
    {
        switch disposition {
        case .respond(let response): return response
        case .deferred(let make): return make()
        case .accept(let exchange):
            for start in stride(from: 0, to: body.count, by: portionBytes) {
                let portion = Array(body[start..<min(start + portionBytes, body.count)])
                do {
                    try portion.withUnsafeBytes { try exchange.receive($0) }
                } catch let rejection as HTTPErrorResponse {
                    return rejection.response
                } catch let refusal as HTTPRequestError {
                    return refusal.plainResponse
                } catch {
                    return .text(status: 500, "\(error)")
                }
            }
            return exchange.finish()
        }
    }
}
