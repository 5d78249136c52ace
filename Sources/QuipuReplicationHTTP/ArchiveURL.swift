public import QuipuReplication
internal import QuipuStorage

/// The URL of a served archive: `http://host:port/NAME`, perhaps with a prefix; the full form `…/v1/archives/NAME` is
/// accepted too.
public struct ArchiveURL: Sendable, Equatable {
    /// Scheme, host, port and prefix, without a slash at the end.
    public let base: String
    public let name: String

    /// The endpoint for messages.
    public var syncURL: String { "\(base)/v1/archives/\(name)/sync" }

    /// The endpoint for the snapshot of a first clone.
    var snapshotURL: String { "\(base)/v1/archives/\(name)/snapshot" }
    /// The endpoint for events.
    var eventsURL: String { "\(base)/v1/archives/\(name)/events" }
    /// The endpoint of a content, by the hexadecimal digits of its hash.
    func blobURL(_ hash: String) -> String { "\(base)/v1/archives/\(name)/blobs/\(hash)" }

    /// The endpoint that answers which contents are missing.
    var missingBlobsURL: String { "\(base)/v1/archives/\(name)/missing-blobs" }

    public static func isURL(_ text: String) -> Bool { text.contains("://") }

    /// - Parameter defaultName: the archive's name if the URL names only a server.
    /// - Throws: `ReplicationError.badLocation`, also for a URL with credentials: they would end up in lists and
    ///   logs.
    public init(_ text: String, defaultName: String? = nil) throws(ReplicationError) {
        func refuse(_ reason: String, _ hint: String) -> ReplicationError {
            ReplicationError(.badLocation, "'\(Self.withoutCredentials(text))' \(reason)", hint: hint)
        }
        let lowered = text.lowercased()
        guard lowered.hasPrefix("http://") || lowered.hasPrefix("https://"),
            let mark = text.firstRange(of: "://")
        else {
            throw refuse("is not a URL of a server", "use http://HOST:PORT/NAME or https://HOST/NAME")
        }
        var rest = text[mark.upperBound...]
        if rest.contains(where: { $0 == "?" || $0 == "#" }) {
            throw refuse("has a query or a fragment", "use http://HOST:PORT/NAME")
        }
        while rest.hasSuffix("/") { rest = rest.dropLast() }
        var segments = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let authority = segments.first, !authority.isEmpty else {
            throw refuse("has no host", "use http://HOST:PORT/NAME")
        }
        if authority.contains("@") {
            throw refuse("has a password or a user in it", "leave them out; access is by token, not by URL")
        }
        segments.removeFirst()
        guard let name = segments.popLast() ?? defaultName else {
            throw refuse("does not say which archive", "add its name: \(text)/NAME")
        }
        guard Store.isValidName(name) else {
            throw refuse("names no archive", "names are of a-z, 0-9, - and _, at most 64 letters")
        }
        if segments.suffix(2) == ["v1", "archives"] { segments.removeLast(2) }
        self.name = name
        base = ([text[..<mark.upperBound] + authority] + segments).joined(separator: "/")
    }

    private static func withoutCredentials(_ text: String) -> String {
        guard let mark = text.firstRange(of: "://"), let at = text.lastIndex(of: "@"), at > mark.upperBound
        else {
            return text
        }
        return text[..<mark.upperBound] + "…" + text[at...]
    }
}
