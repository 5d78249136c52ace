internal import QuipuHosting
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

/// How to reach a mirror, in addition to what the archive remembers about it.
///
///     var options = SyncOptions()
///     options.link.onWait = { seconds, reason in print("\(reason); again in \(seconds) s") }
public struct LinkOptions: Sendable {
    /// A token to send instead of the stored one, as `quipu token add` prints it.
    public var token: String?
    /// Seconds without progress after which the connection is given up: 1 to 86,400; nil means 60.
    public var timeoutSeconds: Int?
    /// Allows plain HTTP to other machines, where others can read and change the traffic. Remembered for a named remote.
    public var allowsPlainHTTP = false
    /// Called before each wait that a server asked for, with its length in seconds and the reason, on the thread of the exchange.
    public var onWait: (@Sendable (_ seconds: Int, _ reason: String) -> Void)?
    /// Completes the options if the mirror is a server. Its errors are rethrown.
    package var completeForServer: (@Sendable (inout LinkOptions) throws -> Void)?

    /// The default: the stored token, 60 seconds, no plain HTTP to other machines.
    public init() {}
}

/// Link options after their validation.
struct LinkSettings {
    var token: String?
    /// Where a server asks to come later.
    var retryPolicy = RetryPolicy()
    /// Nil for the transport's own.
    var timeoutSeconds: Int?
    let environment: Environment

    /// - Throws: `bad-option` for invalid options. The message does not repeat the token: it may be another secret.
    init(_ options: LinkOptions, to location: String, in environment: Environment) throws {
        var options = options
        if ArchiveURL.isURL(location) { try options.completeForServer?(&options) }
        guard options.timeoutSeconds.map({ (1...86_400).contains($0) }) ?? true else {
            throw QuipuError(.badOption, "a link is given up after 1 to 86,400 seconds")
        }
        guard options.token.map({ TokenSecret($0) != nil }) ?? true else {
            throw QuipuError(.badOption, "this is not an access token")
        }
        self.environment = environment
        token = options.token
        timeoutSeconds = options.timeoutSeconds
        if let onWait = options.onWait { retryPolicy.onWait = { onWait($0, $1) } }
    }
}
