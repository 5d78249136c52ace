internal import QuipuHosting
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

/// A mirror that is remembered under a name.
public struct Remote: Sendable {
    public let name: String
    /// A URL, or the path of a folder.
    public let location: String
    /// When the two last held the same, in Unix milliseconds; nil if they never did.
    public let syncedAtMilliseconds: Int64?

    init(name: String, location: String, syncedAtMilliseconds: Int64?) {
        self.name = name
        self.location = location
        self.syncedAtMilliseconds = syncedAtMilliseconds
    }

    init(_ remote: QuipuStorage.Remote) {
        name = remote.name
        location = remote.location
        syncedAtMilliseconds = remote.syncedAtMilliseconds
    }

    /// Which mirror is meant.
    public enum Choice: Sendable {
        /// The only remote, or the one named `origin`.
        case usual
        case named(String)
        /// A URL, or the path of a folder; nothing is remembered of it.
        case at(String)
    }
}

extension Remote {
    /// Whether the location is a URL rather than the path of a folder.
    public var isServer: Bool { ArchiveURL.isURL(location) }

    /// The URL of the server without the archive's name, such as `https://quipu.example`; nil for a folder.
    public var server: String? { isServer ? (try? ArchiveURL(location))?.base : nil }

    /// Whether the connection is plain HTTP to another machine, which others can read and change.
    public var isReadableByOthers: Bool {
        isServer && (try? ArchiveURL(location))?.isReadableByOthers == true
    }

    /// Whether a text is a URL rather than a path or a name.
    public static func isURL(_ word: String) -> Bool { ArchiveURL.isURL(word) }

    /// An absolute path for a relative one; URLs are returned unchanged.
    package static func absolute(_ location: String) -> String { RemotePlace.absolute(location) }
}

extension Archive {
    /// The remotes of this mirror, in the order of their names.
    ///
    ///     for remote in try archive.remotes() { print(remote.name, remote.location) }
    ///
    /// - Throws: `damaged` and the like.
    public func remotes() throws(QuipuError) -> [Remote] {
        try QuipuError.presenting { try stores.with { try $0.remotes.all().map { Remote($0) } } }
    }

    /// Returns the remote with a name.
    ///
    ///     print(try archive.remote("office").location)
    ///
    /// - Parameter name: nil selects the remote named `origin`, or the only one.
    /// - Throws: `unknownRemote`.
    public func remote(_ name: String? = nil) throws(QuipuError) -> Remote {
        try QuipuError.presenting { try stores.with { Remote(try $0.remotes.named(name)) } }
    }

    /// Adds a remote.
    ///
    ///     try archive.addRemote("office", at: "https://quipu.example/press")
    ///
    /// - Parameters:
    ///   - location: a URL, or the path of a folder, which need not exist yet.
    ///   - certificateFile: a PEM file of certificates that may sign the server's; nil uses those that the system trusts.
    ///   - allowsPlainHTTP: allows plain HTTP to other machines, where others can read and change the traffic.
    /// - Throws: `badName` for an invalid name, `remoteExists` if the name is taken, `sameArchive` for the archive's own folder.
    @discardableResult
    public func addRemote(
        _ name: String, at location: String, certificateFile: String? = nil, allowsPlainHTTP: Bool = false
    ) throws(QuipuError) -> Remote {
        try QuipuError.presenting {
            try GivenText.check(path: location, of: "a remote")
            return try stores.with { store in
                var place = RemotePlace.absolute(location)
                if ArchiveURL.isURL(place) {
                    let url = try ArchiveURL(place, defaultName: try store.name)
                    place = "\(url.base)/\(url.name)"
                    if let certificateFile {
                        var credentials = try Credentials(in: store.folder.path)
                        credentials[url].caFile = certificateFile
                        try credentials.save()
                    }
                } else if ArchiveFolder.at(place)?.isSame(as: store.folder) == true {
                    throw ReplicationError.sameArchive(at: location)
                }
                try store.remotes.add(name: name, location: place, isInsecure: allowsPlainHTTP)
                return Remote(name: name, location: place, syncedAtMilliseconds: nil)
            }
        }
    }

    /// Removes a remote, and its stored token if no other remote has the same location. The mirror itself is not changed.
    ///
    ///     try archive.removeRemote("office")
    ///
    /// - Throws: `unknownRemote`.
    public func removeRemote(_ name: String) throws(QuipuError) {
        try QuipuError.presenting {
            try stores.with { store in
                let location = try store.remotes.all().first { $0.name == name }?.location
                try store.remotes.remove(name: name)
                guard let location, ArchiveURL.isURL(location),
                    try !store.remotes.all().contains(where: { $0.location == location })
                else { return }
                var credentials = try Credentials(in: store.folder.path)
                credentials[try ArchiveURL(location)] = RemoteAccess()
                try credentials.save()
            }
        }
    }
}
