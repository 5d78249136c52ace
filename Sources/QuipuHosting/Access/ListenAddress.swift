public import QuipuStorage

/// `HOST:PORT`, as given to `serve --listen`.
public struct ListenAddress: Sendable, Equatable {
    public struct Refusal: Error, Sendable, CustomStringConvertible {
        public let message: String
        public let hint: String
        /// What would help, for a program to say in its own words.
        public let remedy: Remedy?
        public var description: String { "\(message) (\(hint))" }
    }

    public var host: String
    /// 0 lets the system choose a free port.
    public var port: UInt16

    public static let standard = ListenAddress(host: "127.0.0.1", port: 8420)

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    public init(_ text: String) throws(Refusal) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw Refusal(
                message: "'\(text)' is not an address to listen on",
                hint: "use HOST:PORT, as in 127.0.0.1:8420",
                remedy: nil)
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else {
            throw Refusal(message: "'\(text)' names no host", hint: "use 127.0.0.1:\(port)", remedy: nil)
        }
        self.init(host: host, port: port)
    }

    /// Whether only this machine can reach it.
    public var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Whether the server is safe to run at this address: only this machine reaches it, or there are tokens, and TLS,
    /// by the server or by a proxy.
    func check(hasTokens: Bool, hasTLS: Bool, isBehindProxy: Bool) throws(Refusal) {
        if isBehindProxy, !hasTokens {
            throw Refusal(
                message: "behind a proxy anyone could reach the archives, and there are no tokens yet",
                hint: "make one first", remedy: Remedy(.createToken))
        }
        if isLoopback || isBehindProxy || hasTokens && hasTLS { return }
        guard hasTokens else {
            throw Refusal(
                message: "without tokens the server listens on this machine only, not on \(host)",
                hint: "make one first; or listen on this machine, and use an SSH tunnel",
                remedy: Remedy(.createTokenOrTunnel, String(port)))
        }
        throw Refusal(
            message:
                "without TLS tokens could be read on the network, so the server does not listen on \(host)",
            hint: "give a certificate and its key; or declare that a proxy in front terminates TLS",
            remedy: Remedy(.encrypt))
    }
}
