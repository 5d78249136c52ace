internal import CanonicalJSON
internal import Causality
internal import Storage

struct ListCommand: Command {
    static let declaration = CommandDeclaration(
        "list", abstract: "list records",
        options: [
            .option("kind", value: "KIND", "only records of a kind"),
            .option("collection", value: "NAME|ID", "only what is in a collection"),
            .option("tag", value: "TAG", "only what has a tag"),
            .flag("deleted", "only what is deleted"),
        ],
        example: "quipu list --kind article --tag strike", synonyms: ["ls"])

    let kind: String?
    let collection: String?
    let tag: String?
    let isForDeleted: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        kind = values.option("kind")?.nfc
        collection = values.option("collection")
        tag = try values.option("tag").map { (tag) throws(UsageError) in try TagName.normalised(tag) }
        isForDeleted = values.flag("deleted")
    }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(.readOnly)
        var filter = RecordFilter()
        filter.kind = kind
        filter.tag = tag
        filter.collection = try collection.map { try store.collection($0) }
        filter.includesDeleted = isForDeleted

        let output = context.output
        var listing = RecordListing(output, of: store)
        try store.forEachRecord(filter) { record in
            if isForDeleted && !record.isDeleted { return true }
            try listing.add(record)
            return !output.isReaderGone
        }
        listing.flush()
        if listing.count == 0 {
            let emptiness = try emptiness(store)
            output.remark(emptiness)
        }
        return .done
    }

    private func emptiness(_ store: Store) throws -> String {
        if isForDeleted { return "nothing that fits is deleted" }
        guard kind != nil || collection != nil || tag != nil else {
            return "no records yet; quipu import FILE"
        }
        // A kind that nobody has ever used is most likely a slip.
        let kinds = try store.recordCounts().map(\.kind)
        if let kind, !kinds.contains(kind), Kinds.known[kind] == nil,
            let near = Suggestion.closest(to: kind, among: Kinds.known.names + kinds)
        {
            return "no records fit; did you mean --kind \(near)?"
        }
        return "no records fit"
    }
}
