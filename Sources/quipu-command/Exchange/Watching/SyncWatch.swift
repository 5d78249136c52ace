internal import Glibc
internal import Quipu
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage
internal import QuipuWire

/// `quipu sync --watch`: exchanges whenever there is something new on either side, until it is told to stop.
///
/// One thread does all work and sleeps in between; it is woken by what is written into the archive by others of this
/// machine, by the server's news (`RemoteNews`) or, where the mirror is a folder, by what is written there.
struct SyncWatch {
    let command: SyncCommand
    let store: Store
    let place: RemotePlace
    let context: Context

    func run() throws -> ExitCode {
        let stop = try StopSignal()
        // When to come again is for the plan to say, which can be woken.
        let transport = try place.transport(archiveName: try store.name, in: context, waits: false)
        if let http = transport as? HTTPTransport { stop.onStop(http.cancel) }
        let notices = FolderNotices()
        var own = try OwnCommits(store, notices: notices)
        let other = try OtherSide(place, of: store, notices: notices, in: context)
        defer { other.stop() }
        stop.onStop { other.stop() }

        context.output.advise("watching \(TerminalSanitizer.line(place.title)); Ctrl-C ends it")
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
                    let settled = try command.exchange(store, over: transport, inBrief: true, in: context)
                    own.settled = settled.knowledgeHash
                    hasFailed = false
                    plan.exchanged(
                        missesTexts: settled.missingTexts > 0, took: Self.now() - began, at: Self.now())
                } catch {
                    if stop.isGiven { break }
                    guard Self.mayPass(error) else { throw error }
                    if !hasFailed { say(error) }
                    hasFailed = true
                    let asked = (error as? ReplicationError)?.retryAfterSeconds.map { Int64($0) * 1_000 }
                    plan.failed(
                        askedMilliseconds: asked, random: context.environment.randomBits(), at: Self.now())
                }
                context.output.standard.flush()
                if context.output.isReaderGone { return .done }
            }
        }
        return .done
    }

    private func say(_ error: any Error) {
        let presentation = ErrorPresentation(error)
        context.output.warn("\(presentation.message); trying again until it works")
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
    private static func now() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
    }
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
        // An index was built, or somebody else brought it to the mirror.
        return try settled == nil || ArchiveMark(of: store).knowledgeHash != settled
    }
}
