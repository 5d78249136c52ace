internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

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
        if let kind { try requireKind(kind, in: store) }
        var filter = RecordFilter()
        filter.kind = kind
        filter.tag = tag
        filter.collections = try collection.map { try store.collections($0) }
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
            if let tag { try warnOfUnknown(tag, in: store, output) }
            let emptiness = emptiness
            output.remark(emptiness)
        }
        return .done
    }

    /// A kind that this version does not know and nobody has used is a slip.
    private func requireKind(_ kind: String, in store: Store) throws {
        let names = try Kinds.known.names + store.log.kindsEverUsed()
        guard !names.contains(kind) else { return }
        throw StorageError(
            .unknownKind, "there is no kind '\(kind)'",
            hint: Suggestion.closest(to: kind, among: names).map { "did you mean '\($0)'?" }
                ?? "kinds are: \(Kinds.known.names.joined(separator: ", "))")
    }

    private func warnOfUnknown(_ tag: String, in store: Store, _ output: Output) throws {
        let tags = try store.log.elementsEverUsed(of: "tags")
        guard !tags.contains(tag) else { return }
        let near = Suggestion.closest(to: tag, among: tags)
        output.warn("nothing was ever tagged '\(tag)'" + (near.map { "; did you mean '\($0)'?" } ?? ""))
    }

    private var emptiness: String {
        if isForDeleted { return "nothing that fits is deleted" }
        return kind == nil && collection == nil && tag == nil
            ? "no records yet; quipu import FILE" : "no records fit"
    }
}
