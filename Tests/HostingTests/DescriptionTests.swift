import Foundation
import QuipuHTTPServer
import QuipuHosting
import Testing

/// `Schema/openapi.yaml` beside what the server does. Tools/conform holds the two together in full.
@Suite struct DescriptionTests {
    /// Paths and the methods under each, in the order written.
    private static let operations: [(path: String, method: String)] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Schema/openapi.yaml")
        var path = ""
        var found: [(path: String, method: String)] = []
        for line in (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n") ?? [] {
            if let match = line.wholeMatch(of: #/ {2}(/.*):/#) { path = String(match.1) }
            if let match = line.wholeMatch(of: #/ {4}(get|put|post|delete|patch|head):/#) {
                found.append((path, match.1.uppercased()))
            }
        }
        return found
    }()

    /// With names and hashes that are well formed.
    private static func example(of path: String) -> String {
        path.replacing("{name}", with: "press").replacing(
            #/\{[a-z0-9]+\}/#, with: String(repeating: "0", count: 64))
    }

    @Test func `each path in the API description leads to a route`() {
        #expect(Self.operations.count >= 4)
        for operation in Self.operations {
            #expect(Route(path: Self.example(of: operation.path)) != nil, "\(operation)")
        }
    }

    @Test
    func `the server accepts exactly the described methods and lists them when it refuses one`()
        throws
    {
        let router = Router(backend: FolderBackend(.directory("/nonexistent", createsArchives: false))) { _ in
        }
        for path in Set(Self.operations.map(\.path)) {
            let disposition = router.route(HTTPRequestHead(method: "TRACE", path: Self.example(of: path)))
            guard case .respond(let response) = disposition else {
                Issue.record("TRACE is taken at \(path)")
                continue
            }
            #expect(response.status == 405)
            let allowed = try #require(response.headers.first { $0.0 == "Allow" }?.1)
            let described = Self.operations.filter { $0.path == path }.map(\.method)
            #expect(
                Set(allowed.split(separator: ", ").map(String.init)).subtracting(["HEAD"]) == Set(described),
                "\(path)")
            #expect(allowed.contains("HEAD") == described.contains("GET"), "\(path)")
        }
    }
}
