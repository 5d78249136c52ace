internal import Glibc
internal import QuipuHTTPServer
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage
internal import QuipuThreads

/// The source of news about a mirror: a server sends them, a folder is polled.
///
/// Unchecked: `stop` is the only thing that another thread calls, and what it uses never changes.
final class OtherSide: @unchecked Sendable {
    private let news: RemoteNews?
    private let thread: JoinableThread?
    private let lookout: ArchiveLookout?

    init(_ place: RemotePlace, of store: Store, notices: FolderNotices?, by link: LinkOptions) throws {
        if ArchiveURL.isURL(place.location) {
            let url = try ArchiveURL(place.location, defaultName: try store.name)
            let news = try RemoteNews(
                url,
                access: place.access(
                    showing: try LinkSettings(link, to: place.location, in: store.environment).token),
                environment: store.environment)
            (self.news, lookout) = (news, nil)
            thread = try news.start()
        } else {
            let folder = ArchiveFolder.at(place.location) ?? ArchiveFolder(path: place.location)
            (news, thread) = (nil, nil)
            lookout = ArchiveLookout(at: folder, notices: notices, isForeign: true, now: 0)
        }
    }

    /// Whether it tells of itself at any time, rather than while a link is up.
    var tellsAlways: Bool { lookout != nil }

    /// Readable when there may be something to take.
    var descriptor: Int32 { news?.wake.descriptor ?? -1 }

    /// When to take without being woken.
    var due: Int64 { lookout?.due ?? .max }

    func noticed(_ watches: Set<FolderNotices.Watch>?, at now: Int64) { lookout?.noticed(watches, at: now) }

    func take(at now: Int64) -> [RemoteNews.Item] {
        if let news { return news.take() }
        guard let lookout, lookout.due <= now else { return [] }
        var found: [RemoteNews.Item] = []
        // A removable drive must be free to be removed between two polls. While it is absent there is nothing new.
        try? lookout.look(at: now, keepsOpen: false) { found.append(.heard(try ArchiveMark(of: $0))) }
        return found
    }

    /// From any thread.
    func stop() {
        news?.stop()
        thread?.join()
    }
}
