package import QuipuHTTPServer
internal import QuipuReplication

/// Keeps out what a web page makes a browser ask for.
///
/// A page that somebody reads may send requests to a server of the same machine, and by rebinding the name it came from
/// (DNS rebinding) it can also read the answers: to the browser both are then one site. What such requests cannot hide
/// is the name that they are sent to (`Host`), and where they come from (`Origin`, `Sec-Fetch-Site`), since no script
/// may set these (Fetch Standard, "forbidden request-header"). A server that asks everybody for a token is safe
/// behind any name, and is asked under names that it does not know. One without tokens answers under its own only.
package struct BrowserRequestFilter: Sendable {
    /// In lower case, without a port.
    private let hosts: [String]
    private let scheme: String
    private let publicURL: PublicURL?

    /// - Parameter publicURL: where a proxy or a tunnel makes it be reached.
    package init(host: String, isEncrypted: Bool, publicURL: PublicURL? = nil) {
        let own = (host.contains(":") ? "[\(host)]" : host).lowercased()
        hosts = [own, "127.0.0.1", "[::1]", "localhost"]
        scheme = isEncrypted ? "https" : "http"
        self.publicURL = publicURL
    }

    /// - Parameter isOpen: nobody is asked for a token.
    /// - Throws: `Problem`: 421 for another server's name, 403 for what comes from another site.
    package func check(_ head: HTTPRequestHead, isOpen: Bool) throws {
        let host = head.headers.values(of: "Host").map { $0.lowercased() }
        if isOpen || publicURL != nil {
            guard host.count == 1, isOwn(host[0], port: head.localPort, askedBy: head) else {
                throw Problem.foreignHost
            }
        }
        let sites = head.headers.values(of: "Sec-Fetch-Site")
        guard sites.allSatisfy({ $0 == "same-origin" || $0 == "none" }) else { throw Problem.foreignOrigin }
        let origins = head.headers.values(of: "Origin").map { $0.lowercased() }
        let own = host.count == 1 ? ownOrigins(host[0], isOpen: isOpen) : []
        guard origins.allSatisfy({ own.contains($0) }) else { throw Problem.foreignOrigin }
    }

    private func isOwn(_ host: String, port: UInt16, askedBy head: HTTPRequestHead) -> Bool {
        if publicURL?.authorities.contains(host) == true { return true }
        if hosts.contains(where: { host == "\($0):\(port)" }) { return true }
        if port == PublicURL.defaultPort(of: scheme), hosts.contains(host) { return true }
        // A tunnel (ssh -L) has a port of its own.
        guard head.headers[ExchangeMedia.programField] != nil, let colon = host.lastIndex(of: ":") else {
            return false
        }
        let number = host[host.index(after: colon)...]
        return hosts.contains(String(host[..<colon])) && number.utf8.allSatisfy { 48...57 ~= $0 }
            && UInt16(number) != nil
    }

    /// Whether a proxy spoke TLS nobody knows who is not told.
    private func ownOrigins(_ host: String, isOpen: Bool) -> [String] {
        if publicURL?.authorities.contains(host) == true || isOpen && publicURL == nil {
            return [publicURL?.origin ?? "\(scheme)://\(host)"]
        }
        return ["http://\(host)", "https://\(host)"] + (publicURL.map { [$0.origin] } ?? [])
    }
}

/// What a server is called from outside, as given to `serve --public-url`.
package struct PublicURL: Sendable, Equatable {
    /// As a browser writes it: without the scheme's own port.
    package let origin: String
    /// What `Host` may then be: with and without the scheme's own port.
    let authorities: [String]
    package let text: String

    package init(_ text: String) throws(ListenAddress.Refusal) {
        func refusal(_ reason: String) -> ListenAddress.Refusal {
            ListenAddress.Refusal(
                message: "--public-url \(reason)",
                hint: "use https://HOST or https://HOST:PORT, as browsers show it")
        }
        let lowered = text.lowercased()
        guard let scheme = ["http", "https"].first(where: { lowered.hasPrefix($0 + "://") }) else {
            throw refusal("is no URL of a server")
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
