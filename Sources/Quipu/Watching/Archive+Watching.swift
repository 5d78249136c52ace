internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage
internal import QuipuThreads
internal import QuipuWire

/// An event of a watch, delivered on the thread of the watch.
package struct WatchEvents {
    /// It listens; with what people call the mirror.
    package var onBegin: (_ remote: String) -> Void = { _ in }
    /// An exchange succeeded, in this many milliseconds.
    package var onExchange: (SyncReport, _ milliseconds: Int64) -> Void = { _, _ in }
    /// An exchange failed, and is tried again until it works. Not told again until one has worked.
    package var onTrouble: (any Error) -> Void = { _ in }
    /// Asked after each exchange.
    package var goesOn: () -> Bool = { true }
    /// Of merges.
    package var author: () throws -> String
    package var progress: (SyncProgress) -> Void = { _ in }

    package init(author: @escaping () throws -> String) { self.author = author }
}

extension Archive {
    /// Syncs records with a mirror whenever either side has changed, until the task is cancelled or an error needs attention.
    /// Attachment files are skipped, so that a large file does not delay the next edit. A lost connection is retried
    /// until it succeeds.
    ///
    ///     let watching = Task { try await archive.watch(.named("office")) { print($0.receivedChanges) } }
    ///     watching.cancel()
    ///
    /// - Parameter onExchange: called after each exchange, on another thread.
    /// - Throws: errors that waiting does not cure, such as `unknownRemote`, `unauthorized` and `massDeletion`.
    public func watch(
        _ remote: Remote.Choice = .usual, options: SyncOptions = SyncOptions(),
        onExchange: @escaping @Sendable (SyncReport) -> Void = { _ in }
    ) async throws(QuipuError) {
        let stop = try QuipuError.presenting { try StopRequest() }
        let outcome: Result<Void, QuipuError> = await withTaskCancellationHandler {
            await onOwnThread {
                var events = WatchEvents(author: { self.author })
                events.onExchange = { report, _ in onExchange(report) }
                do {
                    try self.watch(options: options, until: stop, events) { store in
                        try self.place(remote, of: store, options.link)
                    }
                    return .success(())
                } catch {
                    return .failure(QuipuError(error))
                }
            }
        } onCancel: {
            stop.give()
        }
        try outcome.get()
    }

    /// The same with what a person names, on this thread.
    ///
    /// - Parameter word: the name of a remote, a URL or a path; nil for the only remote, or the one named `origin`.
    /// - Throws: `RemoteIsGone`, `QuipuError`.
    package func watch(
        _ word: String?, options: SyncOptions, until stop: StopRequest, events: WatchEvents
    ) throws {
        try watch(options: options, until: stop, events) { store in
            try RemotePlace(word, of: store, isInsecure: options.link.allowsPlainHTTP)
        }
    }

    private func watch(
        options: SyncOptions, until stop: StopRequest, _ events: WatchEvents,
        at find: @escaping (Store) throws -> RemotePlace
    ) throws {
        try QuipuError.relaying {
            try stores.with { store in
                guard options.maximumBytes == nil else {
                    throw QuipuError(
                        .badOption, "a limit on bytes is for one exchange, and a watch makes many",
                        hint: "exchange once with the limit, or watch without it")
                }
                let place = try find(store).prepared(by: options, of: store)
                var options = options
                options.remakes = false
                let watch = SyncWatch(
                    store: store, find: find, place: place, options: options, stop: stop, events: events)
                try watch.run()
            }
        }
    }
}

/// One thread does all work and sleeps in between; it is woken by what is written into the archive by others of this
/// machine, by the server's news (`RemoteNews`) or, where the mirror is a folder, by what is written there.
private struct SyncWatch {
    let store: Store
    let find: (Store) throws -> RemotePlace
    let place: RemotePlace
    let options: SyncOptions
    let stop: StopRequest
    let events: WatchEvents

    func run() throws {
        // When to come again is for the plan to say, which can be woken.
        let transport = try place.transport(for: store, by: options.link, waits: false)
        if let http = transport as? HTTPTransport { stop.onStop(http.cancel) }
        let notices = FolderNotices()
        var own = try OwnCommits(store, notices: notices)
        let other = try OtherSide(place, of: store, notices: notices, by: options.link)
        defer { other.stop() }
        stop.onStop { other.stop() }

        events.onBegin(place.title)
        var plan = WatchSchedule(now: Self.now())
        if other.tellsAlways { plan.linked(at: Self.now()) }
        var hasFailed = false
        while !stop.isGiven {
            if try own.haveChanged(at: Self.now()) { plan.editedHere(at: Self.now()) }
            for item in other.take(at: Self.now()) {
                switch item {
                case .linked: plan.linked(at: Self.now())
                case .unlinked: plan.unlinked()
                case .heard(let mark): plan.heard(mark, holding: try ArchiveMark(of: store))
                }
            }
            switch plan.next(at: Self.now()) {
            case .wait(let until):
                let due = min(until, own.due, other.due)
                WakeUp.wait(
                    for: [stop.wake.descriptor, notices?.descriptor ?? -1, other.descriptor],
                    milliseconds: due == .max ? nil : due - Self.now())
                let watches = notices.map { $0.take() } ?? []
                own.noticed(watches, at: Self.now())
                other.noticed(watches, at: Self.now())
            case .exchange:
                plan.began()
                let began = Self.now()
                do {
                    own.settled = try exchange(over: transport, &plan, began: began)
                    hasFailed = false
                } catch {
                    if stop.isGiven { break }
                    guard Self.mayPass(error) else { throw error }
                    if !hasFailed { events.onTrouble(error) }
                    hasFailed = true
                    let asked = (error as? ReplicationError)?.retryAfterSeconds.map { Int64($0) * 1_000 }
                    plan.failed(
                        askedMilliseconds: asked, random: store.environment.randomBits(), at: Self.now())
                }
                if !events.goesOn() { return }
            }
        }
    }

    /// - Returns: the hash of what both sides hold; nil where they do not hold the same.
    private func exchange(
        over transport: any Transport, _ plan: inout WatchSchedule, began: Int64
    ) throws -> UInt128? {
        // The last agreement is read again each time.
        let (report, knowledgeHash) = try find(store).run(
            options, of: store, over: transport, isBrief: true, author: events.author,
            progress: events.progress)
        events.onExchange(report, Self.now() - began)
        plan.exchanged(missesTexts: report.missingTexts > 0, took: Self.now() - began, at: Self.now())
        return knowledgeHash
    }

    /// Whether it is worth waiting, instead of ending with the error.
    private static func mayPass(_ error: any Error) -> Bool {
        switch StorageError.presentable(error) {
        case let error as ReplicationError: error.mayPassByWaiting
        case is WireError: true
        // Of a mirror on a stick that was taken out, and comes back.
        case let error as StorageError: error.code == .busy || error.code == .noArchive
        default: false
        }
    }

    /// Milliseconds on a clock that goes on while the machine sleeps.
    private static func now() -> Int64 { MonotonicClock.millisecondsSinceBoot() }
}

/// What others of this machine write into the archive, while this process has it open.
private struct OwnCommits {
    private let store: Store
    private let watch: FolderNotices.Watch?
    private var commits: ForeignCommits
    private var lookout: Lookout
    /// What the mirror is known to hold too; nil where that is not known.
    var settled: UInt128?

    init(_ store: Store, notices: FolderNotices?) throws {
        self.store = store
        watch = notices?.add(store.folder)
        commits = try ForeignCommits(to: store)
        lookout = Lookout(isBlind: watch == nil, now: 0)
    }

    var due: Int64 { lookout.due }

    mutating func noticed(_ watches: Set<FolderNotices.Watch>?, at now: Int64) {
        guard let watch, watches?.contains(watch) != false else { return }
        lookout.noticed(at: now)
    }

    /// Whether there may be something to send that was not there when it was last asked.
    mutating func haveChanged(at now: Int64) throws -> Bool {
        guard lookout.due <= now else { return false }
        lookout.looked(at: now)
        guard try commits.take() else { return false }
        // An index was built, or another mirror sent the change.
        return try settled == nil || ArchiveMark(of: store).knowledgeHash != settled
    }
}
