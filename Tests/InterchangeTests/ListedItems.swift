import QuipuCanonicalJSON
import QuipuFormats

/// Yields what it is given.
struct ListedItems: SourceReader {
    let formatName = "a list"
    private var events: [SourceEvent]

    init(_ items: [SourceItem]) { events = items.reversed().map { .item($0) } }

    mutating func next() throws(InterchangeError) -> SourceEvent? { events.popLast() }
}

extension SourceItem {
    /// An item of the producer `test`, from a file.
    static func test(
        _ kind: String, _ id: String? = nil, file: String = "/nowhere/source", _ fields: [String: JSONValue],
        key: String? = nil, parent: String? = nil, collections: [[String]] = [],
        passage: SourcePassage? = nil, attached: SourceFile? = nil
    ) -> SourceItem {
        var relations = SourceRelations()
        relations.key = key
        relations.parent = parent
        relations.collections = collections
        relations.passage = passage
        relations.file = attached
        return SourceItem(
            place: SourcePlace(file: file, line: 1, byteOffset: 0), kind: kind,
            fields: fields.sorted { precedesInUTF16($0.key, $1.key) }.map {
                ($0.key, $0.value.canonicalBytes())
            },
            foreignID: id, producer: id.map { _ in "test" }, relations: relations)
    }
}
