internal import QuipuCanonicalJSON

/// A feed that this machine follows for an archive. The list is this machine's own and does not sync: a feed that every
/// mirror fetched would be asked many times, and its articles come with the sync anyway.
public struct Feed: Sendable, Equatable {
    /// The name of the feed in this archive.
    public let name: String
    public let address: String
    /// The collection that its articles are put into.
    public let collection: String?
    /// When it was last asked, in Unix milliseconds; nil before.
    public package(set) var fetchedAtMilliseconds: Int64?
    /// Why the last fetch failed; nil where it did not.
    public package(set) var failure: String?
    /// What its server said of the last answer that was imported, to be asked whether there is another.
    var entityTag: String?
    var lastModified: String?
    /// Where the archive's log ended then.
    var position: Int64?

    init(name: String, address: String, collection: String?) {
        self.name = name
        self.address = address
        self.collection = collection
    }

    init?(_ value: JSONValue) {
        guard let name = value["name"]?.string, let address = value["address"]?.string else { return nil }
        self.init(name: name, address: address, collection: value["collection"]?.string)
        fetchedAtMilliseconds = value["fetchedAt"]?.number.flatMap { Int64(exactly: $0) }
        failure = value["failure"]?.string
        entityTag = value["etag"]?.string
        lastModified = value["lastModified"]?.string
        position = value["position"]?.number.flatMap { Int64(exactly: $0) }
    }

    var json: JSONValue {
        var members: [JSONMember] = []
        func add(_ name: String, _ text: String?) {
            if let text { members.append(JSONMember(name: name, value: .string(text))) }
        }
        add("address", address)
        add("collection", collection)
        add("etag", entityTag)
        add("failure", failure)
        if let fetchedAtMilliseconds {
            members.append(JSONMember(name: "fetchedAt", value: .number(Double(fetchedAtMilliseconds))))
        }
        add("lastModified", lastModified)
        add("name", name)
        if let position { members.append(JSONMember(name: "position", value: .number(Double(position)))) }
        return .object(members)
    }
}

/// The outcome of fetching one feed.
public struct FeedOutcome: Sendable {
    public enum Result: Sendable {
        /// Its server says that it has not changed.
        case unchanged
        case imported(ImportReport)
        case failed(QuipuError)
    }

    public let feed: Feed
    public let result: Result
}
