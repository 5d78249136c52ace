internal import Glibc
internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// What this machine follows for an archive beyond its mirrors: feeds, and up to which version Zotero's collections were
/// read. It stands in one file of JSON beside the archive's own state, rewritten as a whole, and does not sync.
struct FollowedSources {
    struct Content {
        var feeds: [Feed] = []
        /// By the name of Zotero's collection; empty for the whole library.
        var zotero: [String: ZoteroState] = [:]
    }

    /// Up to where a collection of Zotero's was read, and what was done with it.
    struct ZoteroState {
        /// Of Zotero's library.
        var version: Int
        /// Where the archive's log ended then.
        var position: Int64
        /// The archive's collection that its articles were put into.
        var into: String?

        init(version: Int, position: Int64, into: String?) {
            (self.version, self.position, self.into) = (version, position, into)
        }

        /// Nil for what an earlier release noted: then all is read.
        init?(_ value: JSONValue) {
            guard let version = value["version"]?.number.flatMap({ Int(exactly: $0) }),
                let position = value["position"]?.number.flatMap({ Int64(exactly: $0) })
            else { return nil }
            self.init(version: version, position: position, into: value["into"]?.string)
        }

        var json: JSONValue {
            var members: [JSONMember] = []
            if let into { members.append(JSONMember(name: "into", value: .string(into))) }
            members.append(JSONMember(name: "position", value: .number(Double(position))))
            members.append(JSONMember(name: "version", value: .number(Double(version))))
            return .object(members)
        }
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
            content.zotero[member.name] = ZoteroState(member.value)
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
        let states = content.zotero.sorted { $0.key.utf8Precedes($1.key) }.prefix(Self.maximumCollections)
        let value: JSONValue = [
            "feeds": .array(content.feeds.map(\.json)),
            "zotero": .object(states.map { JSONMember(name: $0.key, value: $0.value.json) }),
        ]
        // Addresses of feeds may hold secrets.
        let file = try OutputFile(path: path, permissions: 0o600)
        try file.write(value.canonicalBytes() + [UInt8(ascii: "\n")])
        try file.finish()
    }
}
