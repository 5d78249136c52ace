internal import QuipuCanonicalJSON

/// Reads a library, or one of its collections, through Zotero's API, a page at a time; with a version only what changed
/// since.
public struct ZoteroLibraryReader: SourceReader {
    public let formatName = "Zotero's library"
    /// Of a page; Zotero gives no more than 100.
    public static let itemsPerPage = 100
    private static let keysPerPage = 50
    private static let maximumCollections = 100_000

    private var pages: any ZoteroPages
    private let name: String
    private let collection: String?
    private let since: Int?
    private var families = ZoteroFamilies()
    private var pending: ArraySlice<SourceEvent> = []
    private var queue: ArraySlice<String> = []
    private var start = 0
    private var asked: Set<String> = []
    private var hasBegun = false
    private var hasEnded = false
    /// The library's version at the first page: what `since` is the next time. Nil until then.
    public private(set) var version: Int?

    /// - Parameters:
    ///   - name: as places show it, `zotero:Floods`.
    ///   - collection: by its name, or its names from the outermost with `/` between them; nil for the whole library.
    ///     Collections inside of it belong to it.
    ///   - since: the version that an earlier reading told; nil for everything.
    public init(_ pages: any ZoteroPages, name: String, collection: String? = nil, since: Int? = nil) {
        self.pages = pages
        self.name = name
        self.collection = collection.flatMap { SourceValue.isBlank($0) ? nil : $0 }
        self.since = since
    }

    public mutating func next() throws(InterchangeError) -> SourceEvent? {
        while true {
            if let event = pending.popFirst() { return event }
            if hasEnded { return nil }
            if !hasBegun { try begin() }
            if let path = queue.first { try readPage(of: path) } else { try readMissing() }
        }
    }

    private mutating func begin() throws(InterchangeError) {
        hasBegun = true
        var collections: [JSONValue] = []
        var start = 0
        while true {
            let page = try get("collections?limit=\(Self.itemsPerPage)&start=\(start)")
            collections += page.elements
            start += page.elements.count
            guard page.elements.count == Self.itemsPerPage || start < page.total ?? 0, !page.elements.isEmpty else { break }
            guard collections.count <= Self.maximumCollections else {
                throw failure("it has more than \(Self.maximumCollections) collections")
            }
        }
        families.collections = ZoteroCollections.paths(collections)
        guard let wanted = collection else {
            queue = ["items"]
            return
        }
        let keys = chosen(wanted)
        guard !keys.isEmpty else {
            let names = families.collections.values.map { $0.joined(separator: "/") }.sorted().prefix(10)
            throw InterchangeError(
                code: .nothingFound, operation: "import", path: name,
                message: "Zotero has no collection \(wanted)",
                hint: names.isEmpty ? "It has no collections." : "Among those it has: \(names.joined(separator: ", ")).")
        }
        queue = keys.map { "collections/\($0)/items" }[...]
    }

    /// Keys of the collection and of those inside of it.
    private func chosen(_ wanted: String) -> [String] {
        let path = wanted.split(separator: "/").map { NameParts.collapsed(String($0)).lowercased() }
        func lowered(_ names: [String]) -> [String] { names.map { $0.lowercased() } }
        let roots = families.collections.values.filter { Array(lowered($0).suffix(path.count)) == path }
        return families.collections.filter { entry in roots.contains { entry.value.starts(with: $0) } }.map(\.key).sorted()
    }

    private mutating func readPage(of path: String) throws(InterchangeError) {
        var query = "\(path)?limit=\(Self.itemsPerPage)&start=\(start)&sort=dateAdded&direction=asc"
        if let since { query += "&since=\(since)" }
        let page = try get(query)
        for element in page.elements { take(element) }
        start += page.elements.count
        let isLast = page.total.map { start >= $0 } ?? (page.elements.count < Self.itemsPerPage)
        if isLast || page.elements.isEmpty {
            queue.removeFirst()
            start = 0
        }
    }

    /// Items that did not change, but that a note or annotation which did belongs to.
    private mutating func readMissing() throws(InterchangeError) {
        let keys = families.missing(limit: 10_000).filter { !asked.contains($0) }.prefix(Self.keysPerPage)
        if keys.isEmpty {
            hasEnded = true
            pending += families.finish(file: name)
            return
        }
        asked.formUnion(keys)
        let page = try get("items?limit=\(Self.itemsPerPage)&itemKey=\(keys.joined(separator: ","))")
        for element in page.elements { take(element) }
    }

    private mutating func take(_ element: JSONValue) {
        let place = SourcePlace(file: name, line: 1, byteOffset: 0)
        guard let members = element.members else {
            pending.append(.rejected(place, reason: "an item is no object"))
            return
        }
        // In several collections it comes several times.
        if let key = element["key"]?.string, queue.count > 1 || !taken.isEmpty, !taken.insert(key).inserted { return }
        pending += families.take(element: members, place: place, sizeBytes: 4_096)
    }

    /// Where several collections are read.
    private var taken: Set<String> = []

    private mutating func get(
        _ path: String
    ) throws(InterchangeError) -> (elements: [JSONValue], total: Int?) {
        let page = try pages.page(path: path)
        if version == nil { version = page.lastModifiedVersion }
        guard let value = try? JSONParser(options: .bigNumbersAsStrings, extraDepth: 2).parse(page.bytes),
            let elements = value.array
        else { throw failure("its answer to \(path) is no list of items") }
        return (elements, page.total)
    }

    private func failure(_ message: String) -> InterchangeError {
        InterchangeError(
            code: .unreadable, operation: "import", path: name, message: message,
            hint: "Check that Zotero runs and lets other programs reach it (Settings, Advanced), and try again.")
    }
}
