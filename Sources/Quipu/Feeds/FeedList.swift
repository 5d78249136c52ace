internal import Glibc
internal import QuipuCanonicalJSON
internal import QuipuStorage

/// The file in which the feeds of an archive stand: one JSON object, rewritten as a whole.
struct FeedList {
    private static let maximumBytes = 4 << 20
    static let maximumFeeds = 1_000

    private let path: String

    init(_ folder: ArchiveFolder) { path = folder.feedsPath }

    func feeds() throws -> [Feed] {
        guard let text = SmallFile.text(path, maximumBytes: Self.maximumBytes) else {
            if errno == ENOENT { return [] }
            throw QuipuError(.inputOutput, "the list of feeds cannot be read: \(path)")
        }
        guard let value = try? JSONParser().parse(Array(text.utf8)), let list = value["feeds"]?.array else {
            throw QuipuError(
                .damaged, "the list of feeds is damaged: \(path)",
                hint: "no article is lost: remove the file, and add the feeds again")
        }
        return list.compactMap { Feed($0) }
    }

    /// Changes the list while no other process does.
    func change(_ body: (inout [Feed]) throws -> Void) throws {
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw QuipuError(.readOnly, "the list of feeds cannot be written: \(path)") }
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 && errno == EINTR {}
        var feeds = try feeds()
        try body(&feeds)
        let value: JSONValue = ["feeds": .array(feeds.map(\.json))]
        // Addresses of feeds may hold secrets.
        let file = try OutputFile(path: path, permissions: 0o600)
        try file.write(value.canonicalBytes() + [UInt8(ascii: "\n")])
        try file.finish()
    }
}
