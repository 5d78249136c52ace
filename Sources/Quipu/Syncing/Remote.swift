internal import QuipuStorage

/// A mirror that is remembered under a name.
public struct Remote: Sendable {
    public let name: String
    /// A URL, or the path of a folder.
    public let location: String
    /// When the two held the same last, in Unix milliseconds; nil where that was never so.
    public let syncedAtMilliseconds: Int64?

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

extension Archive {
    public func remotes() throws(QuipuError) -> [Remote] {
        try QuipuError.presenting { try stores.with { try $0.remotes.all().map { Remote($0) } } }
    }

    /// Remembers a mirror.
    ///
    /// - Throws: `badName` where there is one of that name already or it is none.
    public func addRemote(_ name: String, at location: String) throws(QuipuError) {
        try QuipuError.presenting {
            try stores.with { try $0.remotes.add(name: name, location: RemotePlace.absolute(location)) }
        }
    }

    /// - Throws: `unknownRemote`.
    public func removeRemote(_ name: String) throws(QuipuError) {
        try QuipuError.presenting { try stores.with { try $0.remotes.remove(name: name) } }
    }
}
