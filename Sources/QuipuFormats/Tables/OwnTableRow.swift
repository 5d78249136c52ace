internal import QuipuCanonicalJSON

/// A row of a table that Quipu wrote: an article, or what belongs to one. A table is for other programs; what it has no column
/// for does not come back.
struct OwnTableRow {
    static let producer = SourceItem.ownProducer

    enum Content {
        case article([JSONMember], SourceRelations)
        case part(SourceItem)
        /// A collection comes back with its articles, the bytes of an attachment do not.
        case passedOver(kind: String)
    }

    private let cells: [String: String]

    /// - Parameter cells: those that hold something, by their columns.
    init(_ cells: [String: String]) { self.cells = cells }

    func content(at place: SourcePlace) throws(Rejection) -> Content {
        guard !cells.isEmpty else { throw Rejection("the row is empty") }
        guard cells.values.allSatisfy({ !$0.utf8.contains(0) }) else {
            throw Rejection("it holds a NUL byte, so it is no text")
        }
        var relations = SourceRelations()
        relations.key = cells["id"].map(Self.key)
        switch cells["kind"] {
        case nil, "article":
            relations.collections = Self.list(cells["collections"]).map { [$0] }
            return .article(members, relations)
        case "annotation", "note":
            relations.parent = cells["target"].map(Self.key)
            var facts = PartFacts()
            facts.foreignID = cells["id"]
            facts.producer = Self.producer
            facts.author = Self.names(cells["author"])
            facts.date = cells["date"].map { .string($0) }
            facts.tags = .array(Self.list(cells["tags"]).map { .string($0) })
            if cells["kind"] == "note" {
                return .part(
                    try .note(
                        title: cells["title"], text: cells["text"], facts: facts, place: place,
                        relations: relations))
            }
            relations.passage = cells["quote"].map { SourcePassage(exact: $0) }
            return .part(
                try .annotation(text: cells["text"], facts: facts, place: place, relations: relations))
        case let kind?: return .passedOver(kind: kind)
        }
    }

    private var members: [JSONMember] {
        let taken: Set<String> = ["kind", "collections", "target", "quote", "author", "tags"]
        var members = cells.filter { !taken.contains($0.key) }.sorted { $0.key < $1.key }.map {
            JSONMember(name: $0.key, value: .string($0.value))
        }
        if let names = Self.names(cells["author"]) {
            members.append(JSONMember(name: "author", value: names))
        }
        let tags = Self.list(cells["tags"])
        if !tags.isEmpty {
            members.append(JSONMember(name: "tags", value: .array(tags.map { .string($0) })))
        }
        return members
    }

    private static func key(_ id: String) -> String { "record:" + id }

    private static func list(_ cell: String?) -> [String] {
        cell?.split(separator: CSVLayout.between).map(String.init) ?? []
    }

    private static func names(_ cell: String?) -> JSONValue? {
        guard let cell else { return nil }
        let names = list(cell)
        return names.count > 1 ? .array(names.map { .string($0) }) : .string(cell)
    }
}
