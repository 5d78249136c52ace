/// Why a server did not start.
public struct HTTPServerError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable {
        /// Another process or server listens there.
        case addressInUse
        /// No such host, or not an address of this machine.
        case addressUnavailable
        /// This user may not listen there.
        case permissionDenied
        /// The certificate or its key is not usable.
        case certificate
        case invalidConfiguration
        /// Threads, memory or descriptors ran out.
        case noResources
    }

    public let code: Code
    /// The address to listen on, as "host:port".
    public let address: String
    /// The system's error message, or what is invalid in the configuration.
    public let reason: String

    init(code: Code, address: String, reason: String) {
        self.code = code
        self.address = address
        self.reason = reason
    }

    /// What to do next.
    public var hint: String {
        switch code {
        case .addressInUse: "stop what listens there, or take another port (0 takes a free one)"
        case .addressUnavailable: "give an address of this machine: 127.0.0.1, or 0.0.0.0 for all"
        case .permissionDenied: "take a port above 1023, or let this user listen there"
        case .certificate: "check that both files are PEM and that the key belongs to the certificate"
        case .invalidConfiguration: "change that setting"
        case .noResources: "look at the limits for memory, threads and open files (ulimit -a)"
        }
    }

    public var description: String { "cannot listen on \(address): \(reason); \(hint)" }
}
