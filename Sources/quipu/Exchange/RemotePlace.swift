internal import Glibc
internal import Replication
internal import ReplicationHTTP
internal import Storage

/// A mirror that an archive is exchanged with: a remote by its name, a URL or a path.
struct RemotePlace {
    /// The remote's name; nil for a place that was typed out and is not remembered.
    let name: String?
    let location: String
    let agreement: Agreement?
    /// Bytes of texts that a message may have, as far as the link is known.
    let pieceBytes: Int?

    /// What people call it.
    var title: String { name ?? location }

    init(name: String?, location: String, agreement: Agreement? = nil, pieceBytes: Int? = nil) {
        self.name = name
        self.location = location
        self.agreement = agreement
        self.pieceBytes = pieceBytes
    }

    /// - Parameter word: as typed; nil for the only remote, or the one named `origin`.
    init(_ word: String?, of store: Store) throws {
        if let word, Self.isPlace(word), try !store.remotes().contains(where: { $0.name == word }) {
            self.init(name: nil, location: Self.absolute(word))
        } else {
            let remote = try store.remote(word)
            self.init(
                name: remote.name, location: remote.location, agreement: remote.agreement,
                pieceBytes: remote.pieceBytes)
        }
    }

    /// A URL, or something that can only be a path.
    static func isPlace(_ word: String) -> Bool {
        ArchiveURL.isURL(word) || word.contains("/") || word.hasPrefix(".") || ArchiveFolder.at(word) != nil
    }

    /// A path that means the same from any folder; URLs as they are.
    static func absolute(_ location: String) -> String {
        if ArchiveURL.isURL(location) { return location }
        if let resolved = realpath(location, nil) {
            defer { free(resolved) }
            return String(cString: resolved)
        }
        if location.hasPrefix("/") { return location }
        guard let folder = getcwd(nil, 0) else { return location }
        defer { free(folder) }
        return String(cString: folder) + "/" + location
    }

    /// - Parameters:
    ///   - archiveName: what to ask a server for whose URL does not say.
    ///   - takesUnchecked: nothing will be taken over that does not prove itself, so that a path that was never met
    ///     need not be sound.
    func transport(archiveName: String, in context: Context, takesUnchecked: Bool = false) throws
        -> any Transport
    {
        if ArchiveURL.isURL(location) {
            return HTTPTransport(
                try ArchiveURL(location, defaultName: archiveName),
                timeoutSeconds: try context.linkTimeoutSeconds())
        }
        let path = try PathTransport(path: location, environment: context.environment)
        // Nothing is known of what is there: it may have been anywhere, on any stick.
        if agreement == nil, !takesUnchecked { try path.check() }
        return path
    }
}
