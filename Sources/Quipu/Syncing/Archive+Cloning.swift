internal import Glibc
internal import QuipuCausality
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

extension Archive {
    /// Makes a mirror of an archive on a server or in another folder, with the remote `origin`. Stopped half-way, the same
    /// call goes on with it.
    ///
    ///     let archive = try await Archive.clone("https://quipu.example/press", to: "press", as: "Ana Ruiz")
    ///
    /// - Parameters:
    ///   - location: a URL, or the path of a folder.
    ///   - path: the folder that the mirror is made in; it may not hold another archive.
    ///   - options: `token` is shown to a server, and not remembered.
    /// - Throws: `noArchive`, `archiveExists`, `unreachable`, `connectionCut`, `unauthorized`, `diskFull`. What came until
    ///   then is kept.
    public static func clone(
        _ location: String, to path: String, as author: String, options: SyncOptions = SyncOptions(),
        progress: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws(QuipuError) -> Archive {
        let outcome: Result<Archive, QuipuError> = await onOwnThread {
            do {
                let author = try checked(author)
                return .success(try Archive(try begin(location, in: path, options), author: author))
            } catch {
                return .failure(QuipuError(error))
            }
        }
        let archive = try outcome.get()
        _ = try await archive.sync(with: .named("origin"), options: options, progress: progress)
        return archive
    }

    /// The archive that the exchange goes into: one that was begun, a copy that a server keeps ready, or an empty one.
    private static func begin(_ source: String, in path: String, _ options: SyncOptions) throws
        -> sending Store
    {
        var location = RemotePlace.absolute(source)
        let name: String
        if ArchiveURL.isURL(location) {
            let url = try ArchiveURL(location)
            try url.requireSafety()
            (location, name) = ("\(url.base)/\(url.name)", url.name)
        } else {
            guard let there = ArchiveFolder.at(location) else {
                throw QuipuError(.noArchive, "there is no archive at \(source)")
            }
            location = there.workPath
            name = try Store(opening: there, mode: .readOnly, isForeign: true).name
        }
        let link = try LinkSettings(options)
        let place = RemotePlace(name: "origin", location: location)
        let transport = try place.transport(archiveName: name, by: link)
        let handshake = try Handshake(over: transport)
        if let begun = try BegunClone.store(in: path, of: handshake.archive, from: location) { return begun }
        let copy = try SnapshotClone(handshake, named: name, from: location).make(in: path, over: transport)
        return try copy
            ?? Store.create(
                in: path, id: handshake.archive, name: name, remotes: [(name: "origin", location: location)])
    }
}
