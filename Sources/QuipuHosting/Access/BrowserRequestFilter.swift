package import QuipuHTTPServer
internal import QuipuReplication

/// Refuses requests that a web page makes a browser send.
///
/// A web page may send requests to a server on the reader's machine, and by rebinding the name that it came from (DNS
/// rebinding) it can also read the responses: to the browser both are then one site. Such requests cannot hide the
/// name that they are sent to (`Host`) and where they come from (`Origin`, `Sec-Fetch-Site`), since scripts cannot
/// set these fields (Fetch Standard, "forbidden request-header"). A server that requires tokens is safe behind any
/// name, and is reached under names that it does not know. A server without tokens, and one of `quipu open`, answers only under
/// its own names. Other ports of this machine are another origin, but the same site to a browser, so only `same-origin` counts.
package struct BrowserRequestFilter: Sendable {
    /// The server's names, in lower case, without a port.
    private let hosts: [String]
    private let scheme: String
    private let publicURL: PublicURL?
    /// Answers under its own names only, also where a token is required.
    private let isStrict: Bool

    /// - Parameters:
    ///   - publicURL: the URL at which a proxy or a tunnel makes it reachable.
    ///   - label: it is also reached as `LABEL.localhost`, and under its own names only.
    package init(host: String, isEncrypted: Bool, publicURL: PublicURL? = nil, label: String? = nil) {
        let own = (host.contains(":") ? "[\(host)]" : host).lowercased()
        hosts = [own, "127.0.0.1", "[::1]", "localhost"] + (label.map { ["\($0).localhost"] } ?? [])
        isStrict = label != nil
        scheme = isEncrypted ? "https" : "http"
        self.publicURL = publicURL
    }

    /// - Parameters:
    ///   - isOpen: whether no token is required.
    ///   - isShell: the page without any data is asked for: any page may lead there, as a link does.
    /// - Throws: `Problem`: 421 for another server's name, 403 for a request from another site.
    package func check(_ head: HTTPRequestHead, isOpen: Bool, isShell: Bool = false) throws {
        let isOpen = isOpen || isStrict
        let host = head.headers.values(of: "Host").map { $0.lowercased() }
        if isOpen || publicURL != nil {
            guard host.count == 1, isOwn(host[0], port: head.localPort, askedBy: head) else {
                throw Problem.foreignHost
            }
        }
        let sites = head.headers.values(of: "Sec-Fetch-Site")
        let leadsHere =
            isShell && head.method == "GET" && head.headers.values(of: "Sec-Fetch-Mode") == ["navigate"]
            && head.headers.values(of: "Sec-Fetch-Dest") == ["document"]
        guard leadsHere || sites.allSatisfy({ $0 == "same-origin" || $0 == "none" }) else {
            throw Problem.foreignOrigin
        }
        let origins = head.headers.values(of: "Origin").map { $0.lowercased() }
        let own = host.count == 1 ? ownOrigins(host[0], isOpen: isOpen) : []
        guard origins.allSatisfy({ own.contains($0) }) else { throw Problem.foreignOrigin }
    }

    private func isOwn(_ host: String, port: UInt16, askedBy head: HTTPRequestHead) -> Bool {
        if publicURL?.authorities.contains(host) == true { return true }
        if hosts.contains(where: { host == "\($0):\(port)" }) { return true }
        if port == PublicURL.defaultPort(of: scheme), hosts.contains(host) { return true }
        // A tunnel (ssh -L) has its own port.
        guard head.headers[ExchangeMedia.programField] != nil, let colon = host.lastIndex(of: ":") else {
            return false
        }
        let number = host[host.index(after: colon)...]
        return hosts.contains(String(host[..<colon])) && number.utf8.allSatisfy { 48...57 ~= $0 }
            && UInt16(number) != nil
    }

    /// The server cannot know whether a proxy used TLS unless it is told.
    private func ownOrigins(_ host: String, isOpen: Bool) -> [String] {
        if publicURL?.authorities.contains(host) == true || isOpen && publicURL == nil {
            return [publicURL?.origin ?? "\(scheme)://\(host)"]
        }
        return ["http://\(host)", "https://\(host)"] + (publicURL.map { [$0.origin] } ?? [])
    }
}

/// The server's public URL, as given to `serve --public-url`.
package struct PublicURL: Sendable, Equatable {
    /// As browsers write it: without the scheme's default port.
    package let origin: String
    /// The values that `Host` may have: with and without the scheme's default port.
    let authorities: [String]
    package let text: String

    package init(_ text: String) throws(ListenAddress.Refusal) {
        func refusal(_ reason: String) -> ListenAddress.Refusal {
            ListenAddress.Refusal(
                message: reason, hint: "use https://HOST or https://HOST:PORT, as browsers show it",
                remedy: nil)
        }
        let lowered = text.lowercased()
        guard let scheme = ["http", "https"].first(where: { lowered.hasPrefix($0 + "://") }) else {
            throw refusal("is not the URL of a server")
        }
        let rest = lowered.dropFirst(scheme.count + 3)
        guard !rest.contains(where: { "?#@".contains($0) || $0.isWhitespace }), rest.allSatisfy(\.isASCII)
        else {
            throw refusal("has more than a host, a port and a path in it")
        }
        let authority = rest.prefix { $0 != "/" }
        // The colons of an IPv6 address are inside its brackets.
        let tail = authority.drop { $0 != "]" }
        let mark = (authority.hasPrefix("[") ? tail : authority[...]).lastIndex(of: ":")
        let host = authority[..<(mark ?? authority.endIndex)]
        var port: UInt16?
        if let mark {
            let digits = authority[authority.index(after: mark)...]
            port = digits.allSatisfy { "0"..."9" ~= $0 } ? UInt16(digits) : nil
            guard port != nil else { throw refusal("has no number as its port") }
        }
        guard !host.isEmpty, host.hasPrefix("[") == host.hasSuffix("]") else {
            throw refusal("names no host")
        }
        let usual = Self.defaultPort(of: scheme)
        if let port, port != usual {
            authorities = ["\(host):\(port)"]
        } else {
            authorities = [String(host), "\(host):\(usual)"]
        }
        origin = "\(scheme)://\(authorities[0])"
        self.text = text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    static func defaultPort(of scheme: String) -> UInt16 { scheme == "https" ? 443 : 80 }
}
