internal import QuipuHosting
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

/// How a mirror is reached, beside what is remembered of it.
///
///     var options = SyncOptions()
///     options.link.onWait = { seconds, reason in print("\(reason); again in \(seconds) s") }
public struct LinkOptions: Sendable {
    /// Shown to a server, instead of the token that is remembered: as `quipu token add` prints it.
    public var token: String?
    /// A link on which nothing moves for so long is given up; 1 to 86,400, and 60 where nobody says.
    public var timeoutSeconds: Int?
    /// Exchange also where others on the way can read and change what is exchanged; remembered for a mirror with a name.
    public var allowsPlainHTTP = false
    /// Is told where a server asks to come later: for how long it is waited, and why. On the thread that exchanges.
    public var onWait: (@Sendable (_ seconds: Int, _ reason: String) -> Void)?
    /// Completes the options where the mirror is a server; what it throws is thrown.
    package var completeForServer: (@Sendable (inout LinkOptions) throws -> Void)?

    public init() {}
}

/// What `LinkOptions` say, checked.
struct LinkSettings {
    var token: String?
    /// Where a server asks to come later.
    var retryPolicy = RetryPolicy()
    /// Nil for the transport's own.
    var timeoutSeconds: Int?
    let environment: Environment

    /// - Throws: `bad-option` for what the options cannot mean. The token is not repeated: it may be another secret.
    init(_ options: LinkOptions, to location: String, in environment: Environment) throws {
        var options = options
        if ArchiveURL.isURL(location) { try options.completeForServer?(&options) }
        guard options.timeoutSeconds.map({ (1...86_400).contains($0) }) ?? true else {
            throw QuipuError(.badOption, "a link is given up after 1 to 86,400 seconds")
        }
        guard options.token.map({ TokenSecret($0) != nil }) ?? true else {
            throw QuipuError(.badOption, "what is given as a token is none")
        }
        self.environment = environment
        token = options.token
        timeoutSeconds = options.timeoutSeconds
        if let onWait = options.onWait { retryPolicy.onWait = { onWait($0, $1) } }
    }
}
