internal import Glibc
internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// What this machine follows for an archive beyond its mirrors: feeds, and up to which version Zotero's collections were
/// read. It stands in one file of JSON beside the archive's own state, rewritten as a whole, and does not sync.
struct FollowedSources {
    struct Content {
        var feeds: [Feed] = []
        /// By the name of the collection; empty for the whole library.
        var zoteroVersions: [String: Int] = [:]
    }

    private static let maximumBytes = 4 << 20
    static let maximumFeeds = 1_000
    private static let maximumCollections = 1_000

    private let path: String

    init(_ folder: ArchiveFolder) { path = folder.feedsPath }

    func read() throws -> Content {
        guard let text = SmallFile.text(path, maximumBytes: Self.maximumBytes) else {
            if errno == ENOENT { return Content() }
            throw QuipuError(.inputOutput, "the list of feeds cannot be read: \(path)")
        }
        guard let value = try? JSONParser().parse(Array(text.utf8)), let list = value["feeds"]?.array else {
            throw QuipuError(
                .damaged, "the list of feeds is damaged: \(path)",
                hint: "no article is lost: remove the file, and add the feeds again")
        }
        var content = Content(feeds: list.compactMap { Feed($0) })
        for member in value["zotero"]?.members ?? [] {
            content.zoteroVersions[member.name] = member.value.number.flatMap { Int(exactly: $0) }
        }
        return content
    }

    /// Changes it while no other process does.
    func change(_ body: (inout Content) throws -> Void) throws {
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw QuipuError(.readOnly, "the list of feeds cannot be written: \(path)") }
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 && errno == EINTR {}
        var content = try read()
        try body(&content)
        // Of the others all is read the next time, which changes nothing.
        let versions = content.zoteroVersions.sorted { $0.key.utf8Precedes($1.key) }.prefix(
            Self.maximumCollections)
        let value: JSONValue = [
            "feeds": .array(content.feeds.map(\.json)),
            "zotero": .object(versions.map { JSONMember(name: $0.key, value: .number(Double($0.value))) }),
        ]
        // Addresses of feeds may hold secrets.
        let file = try OutputFile(path: path, permissions: 0o600)
        try file.write(value.canonicalBytes() + [UInt8(ascii: "\n")])
        try file.finish()
    }
}
