internal import Glibc
internal import QuipuFormats
internal import QuipuHTTPClient

/// A Zotero that runs on this machine, asked through its local interface. It is asked by this process; what it answers is
/// read by the other.
final class ZoteroLibrary {
    static let address = "http://localhost:23119/api/users/0/"
    private static let maximumPageBytes: UInt64 = 64 << 20
    private static let maximumPathBytes = 4_096
    /// One that asks to wait is asked again so often, each time after no longer than this.
    private static let maximumWaits = 3
    private static let maximumWaitSeconds: Int32 = 60

    private let address: String
    private let session: HTTPSession
    /// The library's version at the first page, which says from where on the next import asks.
    private(set) var version: Int?
    /// An answer that came before the page was asked for.
    private var early: (path: String, answer: (response: HTTPClientResponse, body: [UInt8]))?

    init(at address: String?) {
        self.address = address ?? Self.address
        var configuration = HTTPSession.Configuration()
        configuration.usesProxy = false
        configuration.maximumResponseBytes = Self.maximumPageBytes
        configuration.connectTimeoutMilliseconds = 5_000
        session = HTTPSession(configuration: configuration)
    }

    func page(_ path: String) throws(InterchangeError) -> LibraryPage {
        // The path comes from the process that reads foreign bytes.
        guard path.utf8.count <= Self.maximumPathBytes, !path.contains(".."), path.first != "/",
            path.utf8.allSatisfy({
                48...57 ~= $0 || 65...90 ~= $0 || 97...122 ~= $0 || "/?&=,_-.%".utf8.contains($0)
            })
        else { throw failure("a page was asked for that is none: \(path.prefix(80))") }
        var (response, body): (HTTPClientResponse, [UInt8])
        if let early = takeEarly(path) {
            (response, body) = early
        } else {
            (response, body) = try answer(path)
        }
        for _ in 0..<Self.maximumWaits where response.status == 429 || response.status == 503 {
            let seconds =
                (response.headers["Retry-After"] ?? response.headers["Backoff"]).flatMap { Int32($0) } ?? 1
            guard (0...Self.maximumWaitSeconds).contains(seconds) else { break }
            poll(nil, 0, seconds * 1_000)
            (response, body) = try answer(path)
        }
        guard response.status == 200 else { throw failure("it answers with status \(response.status)") }
        let version = response.headers["Last-Modified-Version"].flatMap { Int($0) }
        self.version = self.version ?? version
        return LibraryPage(
            bytes: body, lastModifiedVersion: version,
            total: response.headers["Total-Results"].flatMap { Int($0) })
    }

    /// Whether nothing in the library has changed since a version: one request. Where something has, its answer is the first
    /// page.
    func isUnchanged(since version: Int) throws(InterchangeError) -> Bool {
        let path = "collections?limit=\(ZoteroLibraryReader.itemsPerPage)&start=0"
        let answer = try answer(path, since: version)
        guard answer.response.status == 304 else {
            early = (path, answer)
            return false
        }
        self.version = version
        return true
    }

    private func takeEarly(_ path: String) -> (response: HTTPClientResponse, body: [UInt8])? {
        defer { early = nil }
        return early?.path == path ? early?.answer : nil
    }

    private func answer(
        _ path: String, since version: Int? = nil
    ) throws(InterchangeError) -> (response: HTTPClientResponse, body: [UInt8]) {
        do throws(HTTPClientError) {
            return try session.collect(
                HTTPClientRequest(
                    method: "GET", url: address + path,
                    headers: [("Zotero-API-Version", "3"), ("Accept", "application/json")]
                        + (version.map { [("If-Modified-Since-Version", String($0))] } ?? [])))
        } catch {
            throw failure(error.message)
        }
    }

    private func failure(_ words: String) -> InterchangeError {
        InterchangeError(
            code: .unreadable, operation: "ask", path: "Zotero at \(address)", message: words,
            hint: "Start Zotero, and allow other applications on this computer to communicate with it "
                + "(Settings, Advanced).")
    }
}
