import Foundation
import QuipuCanonicalJSON
import QuipuCausality
import QuipuHTTPClient
import QuipuHTTPServer
import QuipuHosting
import QuipuReplicationHTTP
import QuipuStorage
import Support
import Testing

@Suite struct `Attachments are transferred over HTTP` {
    private let content = BlobScene.content(100_000)
    private var hash: BlobHash { BlobScene.hash(content) }
    private var path: String { "/blobs/\(hash.hexadecimal)" }

    private func word(_ body: [UInt8]) throws -> String {
        let type = try JSONParser().parse(body)["type"]?.string ?? ""
        return String(type.split(separator: ":").last ?? "")
    }

    @Test func `an attachment is uploaded whole and downloaded whole or in part`() throws {
        let scene = try BlobScene()
        #expect(try scene.ask("GET", path).status == 404)
        #expect(try scene.ask("PUT", path, [], content).status == 201)
        #expect(try scene.ask("PUT", path, [], content).status == 204)
        let whole = try scene.ask("GET", path)
        #expect(whole.status == 200)
        #expect(whole.body == content)
        #expect(whole.headers["ETag"] == "\"\(hash.hexadecimal)\"")
        #expect(whole.headers["Content-Type"] == "application/octet-stream")
        #expect(whole.headers["X-Content-Type-Options"] == "nosniff")
        let part = try scene.ask("GET", path, [("Range", "bytes=10-19")])
        #expect(part.status == 206)
        #expect(part.body == Array(content[10..<20]))
        #expect(part.headers["Content-Range"] == "bytes 10-19/100000")
        #expect(try scene.ask("GET", path, [("If-None-Match", "\"\(hash.hexadecimal)\"")]).status == 304)
        let behind = try scene.ask("GET", path, [("Range", "bytes=100000-")])
        #expect(behind.status == 416)
        #expect(behind.headers["Content-Range"] == "bytes */100000")
        #expect(try word(behind.body) == "range-not-satisfiable")
        let head = try scene.ask("HEAD", path)
        #expect(head.status == 200)
        #expect(head.headers["Content-Length"] == "100000")
    }

    @Test func `an attachment is uploaded in blocks, each at the offset that the last answer gave`() throws {
        let scene = try BlobScene()
        func block(_ range: Range<Int>, of total: Int = 100_000) throws -> (status: Int, offset: String?) {
            let field = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(total)"
            let answer = try scene.ask("PUT", path, [("Content-Range", field)], Array(content[range]))
            return (answer.status, answer.headers["Upload-Offset"])
        }
        #expect(try scene.ask("HEAD", path).headers["Upload-Offset"] == "0")
        #expect(try block(0..<40_000) == (202, "40000"))
        #expect(try scene.ask("HEAD", path).headers["Upload-Offset"] == "40000")
        #expect(try scene.ask("HEAD", path).status == 404)
        #expect(try block(50_000..<60_000) == (409, "40000"))
        // Told twice, taken once.
        #expect(try block(30_000..<60_000) == (202, "60000"))
        #expect(try block(60_000..<100_000) == (201, nil))
        #expect(try scene.ask("GET", path).body == content)
    }

    @Test func `an upload with the wrong content is refused`() throws {
        let scene = try BlobScene()
        let wrong = try scene.ask("PUT", path, [], Array(content.reversed()))
        #expect(wrong.status == 422)
        #expect(try word(wrong.body) == "wrong-content")
        #expect(try scene.ask("HEAD", path).headers["Upload-Offset"] == "0")
        #expect(try scene.ask("GET", path).status == 404)
    }

    @Test(arguments: [
        "bytes 0-9/5", "bytes 5-4/10", "bytes 0-9/*", "bytes */10", "0-9/10", "bytes 0-9", "bytes a-b/c",
        "bytes 0-10/100", "bytes 0-9/100, bytes 0-9/100", "bytes 0-18446744073709551615/18446744073709551615",
    ])
    func `an upload with a malformed range is refused`(range: String) throws {
        let scene = try BlobScene()
        let answer = try scene.ask("PUT", path, [("Content-Range", range)], Array(content.prefix(10)))
        #expect(answer.status == 400)
        #expect(try word(answer.body) == "malformed-range")
        #expect(try scene.ask("HEAD", path).headers["Upload-Offset"] == "0")
    }

    @Test func `attachments have size limits and a quota`() throws {
        let scene = try BlobScene(quotaBytes: 2_000_000) { $0.maximumBytes = 900_000 }
        let large = try scene.ask(
            "PUT", path, [("Content-Range", "bytes 0-9/900001")], [UInt8](content[..<10]))
        #expect(large.status == 413)
        #expect(try word(large.body) == "blob-too-large")
        #expect(try scene.ask("PUT", path, [], content).status == 201)
        // Records and contents together.
        _ = try scene.put(1_500_000, into: scene.there)
        let other = BlobScene.content(850_000, seed: 2)
        let full = try scene.ask("PUT", "/blobs/\(BlobScene.hash(other).hexadecimal)", [], other)
        #expect(full.status == 507)
        #expect(try word(full.body) == "quota-exceeded")
    }

    @Test func `an attachment exists only in an existing archive and under a well-formed hash`() throws {
        let scene = try BlobScene()
        let lower = hash.hexadecimal
        for path in [
            "/blobs/\(lower.uppercased())", "/blobs/\(lower)0", "/blobs/", "/blobs/..", "/blobs",
            "/blobs/\(lower)/x", "/blobs/%2e%2e%2farchive.sqlite",
        ] {
            #expect(try scene.ask("GET", path).status == 404)
        }
        let elsewhere = try scene.ask(
            "POST", "/missing-blobs", [], Array("{\"hashes\":[]}".utf8), archive: "other")
        #expect(elsewhere.status == 404)
        #expect(!FileManager.default.fileExists(atPath: scene.folder.path(of: "root/other")))
        #expect(try scene.ask("DELETE", path).status == 405)
    }

    @Test func `missing attachments are listed in one request`() throws {
        let scene = try BlobScene()
        let here = try scene.put(1_000, into: scene.there)
        let names = [here.hexadecimal, hash.hexadecimal].map { "\"\($0)\"" }.joined(separator: ",")
        let answer = try scene.ask("POST", "/missing-blobs", [], Array("{\"hashes\":[\(names)]}".utf8))
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self) == "{\"missing\":[\"\(hash.hexadecimal)\"]}")
        let many = Array(repeating: "\"\(hash.hexadecimal)\"", count: 1_001).joined(separator: ",")
        for body in ["", "[]", "{}", "{\"hashes\":[1]}", "{\"hashes\":[\"ab\"]}", "{\"hashes\":[\(many)]}"] {
            let refused = try scene.ask("POST", "/missing-blobs", [], Array(body.utf8))
            #expect(refused.status == 400)
            #expect(try word(refused.body) == "malformed-question")
        }
    }

    @Test func `attachments are uploaded by writers and downloaded by readers`() throws {
        struct ReaderAuthorizer: Authorizer {
            func isOpen() -> Bool { false }

            func admit(_ head: HTTPRequestHead, to route: Route) -> Caller {
                Caller(name: "reader", role: .reader, mayCreate: false)
            }
        }
        let scene = try BlobScene()
        let router = Router(
            backend: FolderBackend(.directory(scene.folder.path(of: "root"), createsArchives: false)),
            authorizer: ReaderAuthorizer(), reportFault: { _ in })
        let http = try HTTPListener { router.route($0) }
        defer { http.stop() }
        let reader = try scene.peer("http://127.0.0.1:\(http.port)")
        let there = try scene.put(1_000, into: scene.there)
        #expect(try reader.missing([there, hash]) == [hash])
        _ = try reader.fetch(there, maximumBytes: 1_000, into: scene.here) { _ in }
        #expect(try scene.here.sizeBytes(of: there) == 1_000)
        let mine = try scene.put(2_000, into: scene.here)
        let stored = try #require(try scene.here.content(of: mine))
        #expect(throws: (any Error).self) { _ = try reader.send(stored, hash: mine) { _ in } }
        #expect(try scene.there.sizeBytes(of: mine) == nil)
    }
}
