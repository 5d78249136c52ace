internal import Glibc
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

/// A mirror that an archive is exchanged with: a remote by its name, a URL or a path.
struct RemotePlace {
    /// The remote's name; nil for a place that was typed out and is not remembered.
    let name: String?
    let location: String
    /// What people call a place without a name, if it is not its location.
    let label: String?
    let agreement: Agreement?
    /// Bytes of texts that a message may have, as far as the link is known.
    let messageBytes: Int?
    /// What is kept of it here, if it is a server.
    let keptAccess: RemoteAccess

    /// What people call it.
    var title: String { name ?? label ?? location }

    init(
        name: String?, location: String, label: String? = nil, agreement: Agreement? = nil,
        messageBytes: Int? = nil, access: RemoteAccess = RemoteAccess()
    ) {
        self.name = name
        self.label = label
        self.location = location
        self.agreement = agreement
        self.messageBytes = messageBytes
        keptAccess = access
    }

    /// - Parameters:
    ///   - word: as typed; nil for the only remote, or the one named `origin`.
    ///   - isInsecure: plain HTTP is allowed for this call.
    init(_ word: String?, of store: Store, isInsecure: Bool = false) throws {
        if let word, Self.isPlace(word), try !store.remotes.all().contains(where: { $0.name == word }) {
            try self.init(at: word, of: store, isInsecure: isInsecure)
        } else {
            let remote = try store.remotes.named(word)
            var access = try Self.access(to: remote.location, of: store)
            if isInsecure { access.allowsPlainHTTP = true }
            self.init(
                name: remote.name, location: remote.location, agreement: remote.agreement,
                messageBytes: remote.messageBytes, access: access)
        }
    }

    /// A URL or a path, of which nothing is remembered but how a server is spoken to.
    init(at location: String, of store: Store, isInsecure: Bool = false) throws {
        let location = Self.absolute(location)
        var access = try Self.access(to: location, of: store)
        if isInsecure { access.allowsPlainHTTP = true }
        self.init(name: nil, location: location, access: access)
    }

    /// The same place, with what is remembered of it by now.
    func remembered(by store: Store) throws -> RemotePlace {
        guard let name else { return self }
        let remote = try store.remotes.named(name)
        return RemotePlace(
            name: name, location: location, agreement: remote.agreement, messageBytes: remote.messageBytes,
            access: keptAccess)
    }

    /// - Throws: `ReplicationError.sameArchive` where it is a path to the archive itself.
    func requireElsewhere(than folder: ArchiveFolder) throws(ReplicationError) {
        guard !ArchiveURL.isURL(location), ArchiveFolder.at(location)?.isSame(as: folder) == true else {
            return
        }
        throw .sameArchive(at: title)
    }

    /// What is kept of a server beside the archive.
    private static func access(to location: String, of store: Store) throws -> RemoteAccess {
        guard ArchiveURL.isURL(location) else { return RemoteAccess() }
        var access = try Credentials(in: store.folder.path)[ArchiveURL(location, defaultName: try store.name)]
        if try store.remotes.all().contains(where: { $0.location == location && $0.isInsecure }) {
            access.allowsPlainHTTP = true
        }
        return access
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
    ///   - own: the archive that is exchanged, so that a server of the same one says so at the first meeting.
    ///   - takesUnchecked: nothing will be taken over that does not prove itself, so that a path that was never met
    ///     need not be sound.
    func transport(
        archiveName: String, by link: LinkSettings, own: ArchiveFolder? = nil, takesUnchecked: Bool = false
    ) throws -> any Transport {
        if ArchiveURL.isURL(location) {
            return HTTPTransport(
                try ArchiveURL(location, defaultName: archiveName), access: access(showing: link.token),
                retryPolicy: link.retryPolicy, mark: agreement == nil ? own?.fileMark : nil,
                timeoutSeconds: link.timeoutSeconds)
        }
        let path = try PathTransport(path: location, environment: link.environment)
        // Nothing is known of what is there: it may have been anywhere, on any stick.
        if agreement == nil, !takesUnchecked { try path.check() }
        return path
    }

    /// - Parameter waits: where a server asks to come later.
    func transport(
        for store: Store, by link: LinkOptions, own: ArchiveFolder? = nil, takesUnchecked: Bool = false,
        waits: Bool = true
    ) throws -> any Transport {
        var settings = try LinkSettings(link, to: location, in: store.environment)
        if !waits { settings.retryPolicy.maximumSeconds = 0 }
        return try transport(
            archiveName: try store.name, by: settings, own: own, takesUnchecked: takesUnchecked)
    }

    /// What is shown there: what is kept, unless another token is given.
    func access(showing token: String?) -> RemoteAccess {
        var access = keptAccess
        if let token { access.token = token }
        return access
    }
}
