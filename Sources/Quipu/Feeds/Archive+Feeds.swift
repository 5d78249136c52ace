internal import QuipuStorage

extension Archive {
    /// The feeds that this machine follows for the archive, by name.
    ///
    ///     print(try archive.feeds().map(\.name))
    ///
    /// - Throws: `QuipuError` if the list cannot be read.
    public func feeds() throws(QuipuError) -> [Feed] {
        try QuipuError.presenting {
            try FollowedSources(stores.folder).read().feeds.sorted { $0.name < $1.name }
        }
    }

    /// Follows a feed from now on; `fetchFeeds` asks it for articles.
    ///
    ///     try archive.addFeed("https://example.org/feed.xml", into: "Press")
    ///
    /// - Parameters:
    ///   - address: http or https, of RSS, Atom or JSON Feed.
    ///   - name: `[a-z0-9][a-z0-9_-]{0,63}`; nil makes one from the address.
    ///   - collection: the name of the collection that its articles are put into.
    /// - Throws: `badName`, `feedExists`, `fetchFailed` for what is no address.
    @discardableResult
    public func addFeed(
        _ address: String, named name: String? = nil, into collection: String? = nil
    ) throws(QuipuError) -> Feed {
        try QuipuError.presenting {
            guard WebFetch.isWeb(address), address.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
                throw QuipuError(
                    .fetchFailed, "\(address) is no address of a feed",
                    hint: "it begins with https:// or http://")
            }
            var added: Feed?
            try FollowedSources(stores.folder).change { content in
                if let known = content.feeds.first(where: { $0.address == address }) {
                    throw QuipuError(.feedExists, "the feed is followed already, as \(known.name)")
                }
                guard content.feeds.count < FollowedSources.maximumFeeds else {
                    throw QuipuError(
                        .tooLarge, "more than \(FollowedSources.maximumFeeds) feeds are not followed")
                }
                let name = try name ?? Self.feedName(for: address, besides: content.feeds.map(\.name))
                guard Self.isFeedName(name) else {
                    throw QuipuError(
                        .badName, "'\(name)' is no name for a feed",
                        hint: "use small letters, digits, - and _")
                }
                if content.feeds.contains(where: { $0.name == name }) {
                    throw QuipuError(.feedExists, "there is a feed called \(name) already")
                }
                let feed = Feed(name: name, address: address, collection: collection)
                content.feeds.append(feed)
                added = feed
            }
            guard let added else { throw QuipuError(.internalFailure, "the feed was not added") }
            return added
        }
    }

    /// Follows a feed no more; its articles stay.
    ///
    ///     try archive.removeFeed("press")
    ///
    /// - Throws: `unknownFeed`.
    public func removeFeed(_ name: String) throws(QuipuError) {
        try QuipuError.presenting {
            try FollowedSources(stores.folder).change { content in
                guard content.feeds.contains(where: { $0.name == name }) else { throw Self.unknownFeed(name) }
                content.feeds.removeAll { $0.name == name }
            }
        }
    }

    /// Asks the feeds for articles, and imports them. A feed whose server says that nothing is new costs one request; it is not
    /// asked whether there is something new where something was undone or restored since in the archive.
    ///
    /// - Parameters:
    ///   - name: of one feed; nil asks all.
    ///   - again: whether a feed is read although nothing is new.
    ///   - progress: is told before each feed.
    /// - Returns: what became of each; one that fails does not keep the others from being asked.
    /// - Throws: `unknownFeed`, and what keeps the archive from being written.
    public func fetchFeeds(
        named name: String? = nil, again: Bool = false, _ options: ReadingOptions = ReadingOptions(),
        progress: (Feed) -> Void = { _ in }
    ) throws(QuipuError) -> [FeedOutcome] {
        let chosen = try feeds().filter { name == nil || $0.name == name }
        if let name, chosen.isEmpty { throw Self.unknownFeed(name) }
        var outcomes: [FeedOutcome] = []
        for feed in chosen {
            progress(feed)
            outcomes.append(try fetch(feed, again: again, options))
        }
        return outcomes
    }

    private func fetch(_ feed: Feed, again: Bool, _ options: ReadingOptions) throws(QuipuError) -> FeedOutcome
    {
        var known = feed
        let result: FeedOutcome.Result
        do throws(QuipuError) {
            let conditions = WebFetch.Conditions(entityTag: feed.entityTag, lastModified: feed.lastModified)
            let isReadWhole = again ? true : try hasTakenBack(since: feed.position)
            let page = try WebFetch().get(feed.address, unless: isReadWhole ? .init() : conditions)
            let report = try page.map { page throws(QuipuError) in try take(page, of: feed, options) }
            if let page { (known.entityTag, known.lastModified) = (page.entityTag, page.lastModified) }
            known.position = try position().rawValue
            result = report.map { .imported($0) } ?? .unchanged
            known.failure = nil
        } catch {
            // What is wrong with the archive is so for all feeds.
            if error.origin == .archive { throw error }
            result = .failed(error)
            known.failure = error.message
        }
        known.fetchedAtMilliseconds = stores.nowMilliseconds
        let noted = known
        try QuipuError.presenting {
            try FollowedSources(stores.folder).change { content in
                if let index = content.feeds.firstIndex(where: {
                    $0.name == feed.name && $0.address == feed.address
                }) {
                    content.feeds[index] = noted
                }
            }
        }
        return FeedOutcome(feed: known, result: result)
    }

    private func hasTakenBack(since position: Int64?) throws(QuipuError) -> Bool {
        guard let position else { return true }
        return try QuipuError.presenting { try stores.with { try $0.log.hasTakenBack(since: position) } }
    }

    private func take(
        _ page: WebFetch.Page, of feed: Feed, _ options: ReadingOptions
    ) throws(QuipuError) -> ImportReport {
        var importOptions = ImportOptions()
        importOptions.collection = feed.collection
        // Its ids count among those of the address that is followed, wherever that leads today.
        let named = WebFetch.Page(
            address: feed.address, body: page.body, entityTag: page.entityTag, lastModified: page.lastModified
        )
        do throws(QuipuError) {
            return try importItems(
                of: ImportSource(named, as: ImportFormat.feed.isReadable ? .feed : nil, options),
                importOptions)
        } catch {
            let linked = LinkedFeeds.addresses(in: page.body, at: page.address)
            guard error.origin == .file, !linked.isEmpty else { throw error }
            throw QuipuError(
                error.code, "\(error.message); the page links to \(linked.joined(separator: ", "))",
                hint: "follow that instead", origin: .file)
        }
    }

    private static func unknownFeed(_ name: String) -> QuipuError {
        QuipuError(.unknownFeed, "no feed is called \(name)")
    }

    private static func isFeedName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return (1...64).contains(bytes.count) && bytes[0] != UInt8(ascii: "-")
            && bytes[0] != UInt8(ascii: "_")
            && bytes.allSatisfy { 97...122 ~= $0 || 48...57 ~= $0 || $0 == 45 || $0 == 95 }
    }

    /// The host without what most of them begin with: `example-org`.
    private static func feedName(for address: String, besides taken: [String]) throws -> String {
        let rest = address.drop { $0 != ":" }.dropFirst(3)
        var host = rest.prefix { !"/:?#".contains($0) }.lowercased()
        for start in ["www.", "feeds.", "rss."] where host.hasPrefix(start) { host.removeFirst(start.count) }
        let stem = String(host.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }.prefix(48))
            .trimmingDashes
        let base = stem.isEmpty ? "feed" : stem
        if !taken.contains(base) { return base }
        for number in 2...(FollowedSources.maximumFeeds + 2) where !taken.contains("\(base)-\(number)") {
            return "\(base)-\(number)"
        }
        return base
    }
}

extension String {
    fileprivate var trimmingDashes: String {
        var text = Substring(self)
        while text.first == "-" { text.removeFirst() }
        while text.last == "-" { text.removeLast() }
        return String(text)
    }
}
