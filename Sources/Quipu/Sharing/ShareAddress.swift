/// Where a machine shares an archive: a host and a port.
public struct ShareAddress: Sendable, Equatable {
    /// The port of `serve --share` unless it says another.
    public static let standardPort: UInt16 = 8420
    private static let scannedPrefix = "QUIPU:"
    private static let maximumBytes = 255

    /// A numeric IPv4 address, or a name that this machine can resolve.
    public let host: String
    public let port: UInt16

    /// Makes an address from its parts.
    ///
    /// - Parameters:
    ///   - host: a numeric IPv4 address, or a name that this machine can resolve.
    ///   - port: 8420 unless the share printed another one.
    public init(host: String, port: UInt16 = ShareAddress.standardPort) {
        self.host = host
        self.port = port
    }

    /// Reads `192.168.43.17`, `192.168.43.17:8421` or `laptop.local`.
    ///
    /// - Throws: `bad-location`.
    public init(_ typed: String) throws(QuipuError) {
        let parts = typed.split(separator: ":", omittingEmptySubsequences: false)
        let isHost =
            parts[0].utf8.count <= Self.maximumBytes && !parts[0].isEmpty && !parts[0].hasPrefix("-")
            && parts[0].utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, 45, 46: true
                default: false
                }
            }
        let port = parts.count == 2 ? UInt16(parts[1]).flatMap { $0 > 0 ? $0 : nil } : Self.standardPort
        guard isHost, parts.count <= 2, let port else {
            throw QuipuError(
                .init(rawValue: "bad-location"), "'\(typed)' is not the address of a machine",
                hint: "give it as the other machine shows it, for example 192.168.43.17")
        }
        self.init(host: String(parts[0]), port: port)
    }

    /// Reads what the drawn code holds: `QUIPU:192.168.43.17:8420/9WW7YK3PYA51W`.
    ///
    /// - Returns: nil if it is not of that form.
    /// - Throws: `bad-location`, `badShare`.
    public static func scanned(_ text: String) throws(QuipuError) -> (ShareAddress, ShareCode)? {
        guard text.uppercased().hasPrefix(scannedPrefix) else { return nil }
        let parts = text.dropFirst(scannedPrefix.count).split(
            separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return (try ShareAddress(String(parts[0])), try ShareCode(String(parts[1])))
    }

    /// The text for a drawn code, in the capitals that it can hold in few squares.
    public func scannable(with code: ShareCode) -> String {
        Self.scannedPrefix + "\(host):\(port)/".uppercased() + code.text.uppercased().filter { $0 != "-" }
    }

    /// As it is typed: with the port only if it is not the usual one.
    public var text: String { port == Self.standardPort ? host : "\(host):\(port)" }

    /// The server's URL.
    var base: String { "https://\(host):\(port)" }
}
