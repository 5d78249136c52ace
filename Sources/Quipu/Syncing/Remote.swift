internal import QuipuHosting
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

/// A mirror that is remembered under a name.
public struct Remote: Sendable {
    public let name: String
    /// A URL, or the path of a folder.
    public let location: String
    /// When the two held the same last, in Unix milliseconds; nil where that was never so.
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
        /// The only one that is remembered, or the one that is named `origin`.
        case usual
        case named(String)
        /// A URL, or the path of a folder; nothing is remembered of it.
        case at(String)
    }
}

extension Remote {
    /// On a server, which may want a token; else in a folder.
    public var isServer: Bool { ArchiveURL.isURL(location) }

    /// The server that it is on, as `https://quipu.example`; nil for a folder.
    public var server: String? { isServer ? (try? ArchiveURL(location))?.base : nil }

    /// Others on the way can read and change what is exchanged.
    public var isReadableByOthers: Bool {
        isServer && (try? ArchiveURL(location))?.isReadableByOthers == true
    }

    /// Whether a word is a URL, rather than a path or a name.
    public static func isURL(_ word: String) -> Bool { ArchiveURL.isURL(word) }

    /// A path that means the same from any folder; URLs as they are.
    package static func absolute(_ location: String) -> String { RemotePlace.absolute(location) }
}

extension Archive {
    public func remotes() throws(QuipuError) -> [Remote] {
        try QuipuError.presenting { try stores.with { try $0.remotes.all().map { Remote($0) } } }
    }

    /// The remote of a name.
    ///
    /// - Parameter name: nil for the only one, or the one named `origin`.
    /// - Throws: `unknownRemote`.
    public func remote(_ name: String? = nil) throws(QuipuError) -> Remote {
        try QuipuError.presenting { try stores.with { Remote(try $0.remotes.named(name)) } }
    }

    /// Remembers a mirror.
    ///
    ///     try archive.addRemote("office", at: "https://quipu.example/press")
    ///
    /// - Parameters:
    ///   - location: a URL, or the path of a folder, which need not be there yet.
    ///   - certificateFile: of a server: certificates, PEM, by which its own may be vouched for; nil for those that the
    ///     system trusts.
    ///   - allowsPlainHTTP: exchange also where others on the way can read and change it.
    /// - Throws: `badName` where it is none, `remoteExists` where there is one of that name already, `sameArchive`.
    @discardableResult
    public func addRemote(
        _ name: String, at location: String, certificateFile: String? = nil, allowsPlainHTTP: Bool = false
    ) throws(QuipuError) -> Remote {
        try QuipuError.presenting {
            try stores.with { store in
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

    /// Forgets a mirror, and the token for it where no other remote is there. What it holds stays as it is.
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
