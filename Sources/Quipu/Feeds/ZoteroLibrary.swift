internal import QuipuFormats
internal import QuipuHTTPClient

/// A Zotero that runs on this machine, asked through its local interface. It is asked by this process; what it answers is
/// read by the other.
final class ZoteroLibrary {
    static let address = "http://localhost:23119/api/users/0/"
    private static let maximumPageBytes: UInt64 = 64 << 20
    private static let maximumPathBytes = 4_096

    private let address: String
    private let session: HTTPSession
    /// The library's version at the first page, which says from where on the next import asks.
    private(set) var version: Int?

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
        let response: HTTPClientResponse
        let body: [UInt8]
        do throws(HTTPClientError) {
            (response, body) = try session.collect(
                HTTPClientRequest(
                    method: "GET", url: address + path,
                    headers: [("Zotero-API-Version", "3"), ("Accept", "application/json")]))
        } catch {
            throw failure(error.message)
        }
        guard response.status == 200 else { throw failure("it answers with status \(response.status)") }
        let version = response.headers["Last-Modified-Version"].flatMap { Int($0) }
        self.version = self.version ?? version
        return LibraryPage(
            bytes: body, lastModifiedVersion: version,
            total: response.headers["Total-Results"].flatMap { Int($0) })
    }

    private func failure(_ words: String) -> InterchangeError {
        InterchangeError(
            code: .unreadable, operation: "ask", path: "Zotero at \(address)", message: words,
            hint: "Start Zotero, and allow other applications on this computer to communicate with it "
                + "(Settings, Advanced).")
    }
}
