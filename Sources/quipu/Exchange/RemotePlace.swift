internal import Glibc
internal import Hosting
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
    /// What is kept of it here, if it is a server.
    let keptAccess: RemoteAccess

    /// What people call it.
    var title: String { name ?? location }

    init(
        name: String?, location: String, agreement: Agreement? = nil, pieceBytes: Int? = nil,
        access: RemoteAccess = RemoteAccess()
    ) {
        self.name = name
        self.location = location
        self.agreement = agreement
        self.pieceBytes = pieceBytes
        keptAccess = access
    }

    /// - Parameters:
    ///   - word: as typed; nil for the only remote, or the one named `origin`.
    ///   - isInsecure: plain HTTP will do, as somebody says now.
    init(_ word: String?, of store: Store, isInsecure: Bool = false) throws {
        if let word, Self.isPlace(word), try !store.remotes().contains(where: { $0.name == word }) {
            let location = Self.absolute(word)
            var access = try Self.access(to: location, of: store)
            if isInsecure { access.allowsPlainHTTP = true }
            self.init(name: nil, location: location, access: access)
        } else {
            let remote = try store.remote(word)
            var access = try Self.access(to: remote.location, of: store)
            if isInsecure { access.allowsPlainHTTP = true }
            self.init(
                name: remote.name, location: remote.location, agreement: remote.agreement,
                pieceBytes: remote.pieceBytes, access: access)
        }
    }

    /// - Throws: `ReplicationError.sameArchive` where it is a path to the archive itself.
    func requireElsewhere(than folder: ArchiveFolder) throws(ReplicationError) {
        guard !ArchiveURL.isURL(location), ArchiveFolder.at(location)?.isSame(as: folder) == true else {
            return
        }
        throw .sameArchive(at: title)
    }

    /// What is shown there: what is kept, and before that the token of the environment.
    func access(in context: Context) throws(UsageError) -> RemoteAccess {
        var access = keptAccess
        if let token = try TokenInput.variable(in: context) { access.token = token.text }
        return access
    }

    /// What is kept of a server beside the archive.
    private static func access(to location: String, of store: Store) throws -> RemoteAccess {
        guard ArchiveURL.isURL(location) else { return RemoteAccess() }
        var access = try Credentials(in: store.folder.path)[ArchiveURL(location, defaultName: try store.name)]
        if try store.remotes().contains(where: { $0.location == location && $0.isInsecure }) {
            access.allowsPlainHTTP = true
        }
        return access
    }

    /// A URL, or something that can only be a path.
    static func isPlace(_ word: String) -> Bool {
        ArchiveURL.isURL(word) || word.contains("/") || word.hasPrefix(".") || ArchiveFolder.at(word) != nil
    }

    /// - Throws: `UsageError` for what is no URL and no path here: most likely the name of a server.
    static func requirePlace(_ word: String) throws(UsageError) {
        let isPath =
            word.hasPrefix("/") || word.hasPrefix("./") || word.hasPrefix("../")
            || Glibc.access(word, F_OK) == 0
        guard !isPath, !ArchiveURL.isURL(word) else { return }
        throw UsageError(
            "'\(word)' is no URL, and there is no such folder here",
            hint:
                "a server: https://\(word.isEmpty ? "HOST" : word)/NAME; a folder that is not there yet: ./\(word)"
        )
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
    ///   - own: the archive that is exchanged, so that a server of the same one says so at the first meeting.
    ///   - waits: where a server asks to come later.
    func transport(
        archiveName: String, in context: Context, own: ArchiveFolder? = nil, takesUnchecked: Bool = false,
        waits: Bool = true
    ) throws -> any Transport {
        if ArchiveURL.isURL(location) {
            var patience = Patience()
            if !waits { patience.maximumSeconds = 0 }
            patience.onWait = { seconds, reason in
                context.output.warn("\(reason); trying again in \(counted(seconds, "second"))")
            }
            return HTTPTransport(
                try ArchiveURL(location, defaultName: archiveName), access: try access(in: context),
                patience: patience, mark: agreement == nil ? own?.fileMark : nil,
                timeoutSeconds: try context.linkTimeoutSeconds())
        }
        let path = try PathTransport(path: location, environment: context.environment)
        // Nothing is known of what is there: it may have been anywhere, on any stick.
        if agreement == nil, !takesUnchecked { try path.check() }
        return path
    }
}
