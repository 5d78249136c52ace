internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuHTTPClient
public import QuipuReplication
internal import QuipuStorage

/// Asks a server of `serve --share` what it shares (`GET /v1/share`).
public struct ShareQuestion {
    /// The most bytes of an answer, and of an error description.
    private static let maximumAnswerBytes = 64 << 10

    private let base: String
    private let access: RemoteAccess
    private let timeoutSeconds: Int?

    /// - Parameters:
    ///   - base: scheme, host and port.
    ///   - access: with the token and the pinned key.
    ///   - timeoutSeconds: a request that is idle for this time fails.
    public init(to base: String, access: RemoteAccess, timeoutSeconds: Int? = nil) {
        self.base = base
        self.access = access
        self.timeoutSeconds = timeoutSeconds
    }

    /// - Returns: which archive it is (32 hexadecimal digits), and its name there.
    /// - Throws: `ReplicationError`.
    public func ask() throws(ReplicationError) -> (archive: String, name: String) {
        // Any name makes a URL of the server; the question is not about an archive.
        let url = try ArchiveURL("\(base)/share")
        var configuration = HTTPSession.Configuration()
        configuration.maximumResponseBytes = UInt64(Self.maximumAnswerBytes)
        if let timeoutSeconds { configuration.stallTimeoutSeconds = timeoutSeconds }
        access.apply(to: &configuration, for: url)
        let headers = try access.headers(for: url)
        let answer: (response: HTTPClientResponse, body: [UInt8])
        do throws(HTTPClientError) {
            answer = try HTTPSession(configuration: configuration).collect(
                HTTPClientRequest(method: "GET", url: "\(base)/v1/share", headers: headers))
        } catch {
            throw ReplicationError(error, location: base)
        }
        guard answer.response.status == 200 else {
            throw ReplicationError(
                refusal: answer.body, status: answer.response.status,
                contentType: answer.response.headers["Content-Type"],
                retryAfter: answer.response.headers["Retry-After"],
                movedTo: answer.response.headers["Location"], location: base, hasToken: true)
        }
        guard let facts = try? JSONParser().parse(answer.body), let archive = facts["archive"]?.string,
            Hexadecimal.bytes(archive)?.count == 16, let name = facts["name"]?.string, Store.isValidName(name)
        else {
            throw ReplicationError(
                .notQuipu, "what answers at \(base) does not share an archive", hint: "check the address")
        }
        return (archive, name)
    }
}

extension ReplicationError.Code {
    /// The server's certificate has another key than the pinned one.
    public static let otherKey = Self(rawValue: "wrong-fingerprint")
    /// The refusals of `serve --share`.
    public static let shareExpired = Self(rawValue: "share-expired")
    public static let shareEnded = Self(rawValue: "share-ended")
    public static let shareTaken = Self(rawValue: "share-taken")
}
