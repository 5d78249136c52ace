internal import QuipuCausality
internal import QuipuFiles
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

/// Makes a mirror of an archive on a server or in another folder.
struct Clone {
    private let location: String
    private let url: ArchiveURL?
    private let name: String
    private let link: LinkOptions
    private let environment: Environment
    /// The source, if another machine shares it; such a mirror has no remote.
    private let share: SharePlace?
    /// Cuts the connection.
    private let cancellation: Cancellation

    init(of share: SharePlace, in environment: Environment) {
        self.share = share
        self.environment = environment
        cancellation = Cancellation()
        (url, location, name, link) = (nil, share.address.text, share.name, share.link)
    }

    /// - Throws: `noArchive` where a folder holds none; `notAnArchive` for a file.
    init(
        of source: String, link: LinkOptions, in environment: Environment,
        cancellation: Cancellation = Cancellation()
    ) throws {
        let location = RemotePlace.absolute(source)
        if ArchiveURL.isURL(location) {
            let url = try ArchiveURL(location)
            try url.requireSafety(unless: link.allowsPlainHTTP)
            (self.url, self.location, name) = (url, "\(url.base)/\(url.name)", url.name)
        } else {
            guard let there = ArchiveFolder.at(location) else {
                if FileFacts(location)?.isRegular == true {
                    throw QuipuError(
                        .notAnArchive,
                        "\(source) is a file, and what is cloned is the folder of an archive or a URL",
                        hint: "if it is a backup, restore it")
                }
                throw QuipuError(
                    .noArchive, "there is no archive at \(source)",
                    hint: "give the folder that contains its .quipu")
            }
            (url, self.location) = (nil, there.workPath)
            name = try Store(opening: there, mode: .readOnly, isForeign: true).name
        }
        self.link = link
        self.environment = environment
        self.cancellation = cancellation
        share = nil
    }

    /// The archive to exchange into: an interrupted one, a server's snapshot, or an empty one.
    ///
    /// - Returns: also the transport, and whether everything came as one snapshot.
    func begin(
        in path: String?, _ request: CloneRequest
    ) throws -> (store: Store, place: RemotePlace, transport: any Transport, isCopied: Bool) {
        var access = RemoteAccess()
        access.allowsPlainHTTP = link.allowsPlainHTTP
        access.caFile = request.certificateFile
        if let url, let ask = request.askForToken { access.token = try ask("\(url.base)/\(url.name)") }
        let path = path ?? name
        let remote = share == nil ? location : nil
        // Before the first exchange, which counts as a use of the code.
        if let share {
            _ = try BegunClone.store(in: path, of: share.archive, from: remote, environment: environment)
        }
        let place =
            share?.place(forReplicaIn: path)
            ?? RemotePlace(name: "origin", location: location, access: access)
        let transport = try place.transport(
            archiveName: name, by: LinkSettings(link, to: place.location, in: environment))
        if let transport = transport as? HTTPTransport { cancellation.onCancel(transport.cancel) }
        try cancellation.check()
        let handshake = try Handshake(over: transport, environment: environment)
        if request.isShared { try ArchiveFolder.prepare(in: path, isShared: true) }
        let begun = try BegunClone.store(
            in: path, of: handshake.archive, from: remote, environment: environment)
        try cancellation.check()
        let copied = try begun == nil ? copy(handshake, in: path, over: transport, request) : nil
        let store =
            try begun ?? copied
            ?? Store.create(
                in: path, id: handshake.archive, name: name,
                remotes: remote.map { [(name: "origin", location: $0)] } ?? [], environment: environment)
        if link.allowsPlainHTTP { try store.remotes.noteInsecure(remote: "origin") }
        // That plain HTTP will do is remembered with the remote.
        access.allowsPlainHTTP = false
        if let url, access != RemoteAccess() {
            var credentials = try Credentials(in: store.folder.path)
            credentials[url] = access
            try credentials.save()
        }
        return (store, place, transport, copied != nil)
    }

    /// Makes the mirror, and exchanges until both sides hold the same. Nothing is merged: a clone has no own edits.
    func run(in path: String?, _ request: CloneRequest) throws -> CloneReport {
        try Self.requireNoLimit(request.options)
        let (store, place, transport, isCopied) = try begin(in: path, request)
        request.onArchive(store.folder.workPath)
        let report: QuipuReplication.SyncReport
        do {
            let agreed: Agreement?
            (report, agreed) = try place.sync(store, over: transport) { request.progress(SyncProgress($0)) }
            // Up to what was agreed a sync looks for nothing to merge. Who has no fresh name, but that of a key, may have
            // written one of two versions.
            if try store.log.vector().sequence(of: store.origin) == 0 { try place.note(agreed, of: store) }
        } catch {
            request.onBrokenExchange(store.folder.workPath)
            throw error
        }
        try request.options.fetches?.remember(for: store)
        let files = try place.exchangeAttachments(of: store, over: transport) {
            request.progress(SyncProgress($0, after: report))
        }
        return try CloneReport(
            of: store, from: location, received: isCopied ? nil : report.received, isInSync: report.inSync,
            files: FileReport(files ?? BlobReport()))
    }

    /// - Throws: `badOption`.
    static func requireNoLimit(_ options: SyncOptions) throws(QuipuError) {
        guard options.maximumBytes == nil else {
            throw QuipuError(
                .badOption, "a clone takes everything, whatever it costs",
                hint: "clone without the limit, and set it for the exchanges after that")
        }
    }

    /// Makes the archive from the server's snapshot; nil if there is none that can be used.
    private func copy(
        _ handshake: Handshake, in path: String, over transport: any Transport, _ request: CloneRequest
    ) throws -> Store? {
        var report = SnapshotClone.Report()
        report.onBytes = request.onBytes
        report.onUnsoundCopy = request.onUnsoundCopy
        report.onBrokenLink = request.onBrokenLink
        return try SnapshotClone(
            handshake, named: name, from: share == nil ? location : nil, environment: environment,
            report: report
        ).make(in: path, over: transport)
    }
}
