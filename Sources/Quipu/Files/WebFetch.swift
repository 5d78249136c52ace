internal import QuipuHTTPClient

/// Fetches one page, feed or file, in bounded time and memory.
///
/// An address that somebody typed may be of this machine or of its networks. One that a server from elsewhere redirects to
/// may not: it would have this machine ask its own services in the server's name.
struct WebFetch {
    struct Page {
        /// Where it was found in the end.
        let address: String
        let body: [UInt8]
        let entityTag: String?
        let lastModified: String?
    }

    /// What is known of an earlier answer.
    struct Conditions {
        var entityTag: String?
        var lastModified: String?
    }

    static let maximumBytes: UInt64 = 64 << 20
    private static let maximumRedirections = 8
    private static let redirections: Set = [301, 302, 303, 307, 308]
    private static let accepted =
        "text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.8"

    func get(_ url: String) throws(QuipuError) -> Page {
        guard let page = try get(url, unless: Conditions()) else {
            throw QuipuError(
                .fetchFailed,
                "\(url) answers that nothing has changed (304) to a request without a condition",
                origin: .file)
        }
        return page
    }

    /// - Returns: nil where nothing has changed since.
    func get(_ url: String, unless conditions: Conditions) throws(QuipuError) -> Page? {
        guard var address = URLReference.resolve(url, against: url)
        else {
            throw QuipuError(.fetchFailed, "\(url) is no address that can be fetched", origin: .file)
        }
        var isFromElsewhere = false
        for _ in 0...Self.maximumRedirections {
            let (response, body) = try send(address, conditions, refusesPrivate: isFromElsewhere)
            if response.status == 304 { return nil }
            if Self.redirections.contains(response.status), let location = response.headers["Location"] {
                guard let next = URLReference.resolve(location, against: address), Self.isWeb(next) else {
                    throw QuipuError(
                        .fetchFailed, "\(address) redirects to \(location), which is not followed",
                        hint: "only http and https addresses are", origin: .file)
                }
                isFromElsewhere = isFromElsewhere || !response.isFromPrivateAddress
                address = next
                continue
            }
            guard (200..<300).contains(response.status) else {
                throw QuipuError(
                    .fetchFailed, "\(address) answers with status \(response.status)",
                    isPassing: response.status >= 500 || response.status == 429,
                    hint: "open it in a browser, save the page, and import the file", origin: .file)
            }
            return Page(
                address: address, body: body, entityTag: response.headers["ETag"],
                lastModified: response.headers["Last-Modified"])
        }
        throw QuipuError(
            .fetchFailed, "\(url) redirects more than \(Self.maximumRedirections) times", origin: .file)
    }

    private func send(
        _ address: String, _ conditions: Conditions, refusesPrivate: Bool
    ) throws(QuipuError) -> (HTTPClientResponse, [UInt8]) {
        var configuration = HTTPSession.Configuration()
        configuration.maximumResponseBytes = Self.maximumBytes
        configuration.totalTimeoutMilliseconds = 300_000
        configuration.stallTimeoutSeconds = 30
        configuration.refusesPrivateAddresses = refusesPrivate
        var headers = [("Accept", Self.accepted)]
        if let tag = conditions.entityTag { headers.append(("If-None-Match", tag)) }
        if let time = conditions.lastModified { headers.append(("If-Modified-Since", time)) }
        do throws(HTTPClientError) {
            return try HTTPSession(configuration: configuration).collect(
                HTTPClientRequest(method: "GET", url: address, headers: headers))
        } catch {
            throw QuipuError(
                error.code == .tooLarge ? .tooLarge : .fetchFailed,
                "cannot fetch \(error.url): \(error.message)",
                isPassing: [.unreachable, .cut, .timedOut].contains(error.code), hint: error.hint,
                origin: .file)
        }
    }

    static func isWeb(_ address: String) -> Bool {
        let start = address.prefix(8).lowercased()
        return start.hasPrefix("http://") || start == "https://"
    }
}
