internal import CanonicalJSON
package import HTTPServer

/// Which address means what.
package struct Router: Sendable {
    let home: ArchiveHome
    let reportFault: Server.FaultReport

    package init(home: ArchiveHome, reportFault: @escaping Server.FaultReport) {
        self.home = home
        self.reportFault = reportFault
    }

    package func route(_ head: HTTPRequestHead) -> HTTPDisposition {
        let segments = head.path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        switch segments.count {
        case 1 where segments[0] == "healthz":
            guard head.method == "GET" || head.method == "HEAD" else {
                return .respond(Problem.methodNotAllowed("GET").response)
            }
            return .respond(
                HTTPResponse(
                    status: 200, headers: [("Content-Type", "application/json")],
                    body: .bytes(
                        JSONValue.object([JSONMember(name: "status", value: .string("ok"))]).canonicalBytes())
                ))
        case 4 where segments[0] == "v1" && segments[1] == "archives" && segments[3] == "sync":
            guard head.method == "POST" else { return .respond(Problem.methodNotAllowed("POST").response) }
            do {
                return .accept(try SyncExchange(name: segments[2], home: home, reportFault: reportFault))
            } catch {
                return .respond(Problem(error).response)
            }
        default:
            return .respond(Problem.noSuchRoute.response)
        }
    }
}
