internal import Quipu

struct ListCommand: Command {
    static let declaration = CommandDeclaration(
        "list", abstract: "list records",
        options: [
            .option(
                "kind", value: "KIND", "only records of a kind",
                takes: .choice(["article", "annotation", "note", "collection", "attachment"])),
            .option("collection", value: "NAME|ID", "only records in a collection", takes: .collection),
            .option("tag", value: "TAG", "only records with a tag", takes: .tag),
            .flag("deleted", "only deleted records"),
        ],
        example: "quipu list --kind article --tag strike", synonyms: ["ls"])

    let kind: RecordKind?
    let collection: String?
    let tag: String?
    let isForDeleted: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        kind = values.option("kind").map { RecordKind(rawValue: $0.inNormalFormC) }
        collection = values.option("collection")
        tag = try values.option("tag").map { (tag) throws(UsageError) in try TagName.normalised(tag) }
        isForDeleted = values.flag("deleted")
    }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archive(.readOnly)
        let filter = try archive.read { try self.filter(in: $0) }
        let output = context.output
        var listing = RecordListing(output)
        try archive.forEachRecord(filter) { record, snapshot in
            if isForDeleted && !record.isDeleted { return true }
            try listing.add(record, in: snapshot)
            return !output.isReaderGone
        }
        listing.flush()
        if listing.count == 0 {
            if let tag { try warnOfUnknown(tag, in: archive, output) }
            let emptiness = emptiness
            output.remark(emptiness)
        }
        return .done
    }

    private func filter(in snapshot: borrowing Snapshot) throws -> RecordFilter {
        if let kind { try requireKind(kind, in: snapshot) }
        var filter = RecordFilter(kind: kind, tag: tag, includesDeleted: isForDeleted)
        if let collection { filter.anyCollection = try snapshot.collections(typed: collection) }
        return filter
    }

    /// A kind that this version does not know and nobody has used is a slip.
    private func requireKind(_ kind: RecordKind, in snapshot: borrowing Snapshot) throws {
        let kinds = try RecordKind.known + snapshot.kindsEverUsed()
        if !kinds.contains(kind) { throw KindName.unknown(kind, among: kinds) }
    }

    private func warnOfUnknown(_ tag: String, in archive: Archive, _ output: Output) throws {
        let tags = try archive.read { try $0.tagsEverUsed() }
        guard !tags.contains(tag) else { return }
        let near = Suggestion.closest(to: tag, among: tags)
        output.warn("no record was ever tagged '\(tag)'" + (near.map { "; did you mean '\($0)'?" } ?? ""))
    }

    private var emptiness: String {
        if isForDeleted { return "no deleted record matches" }
        return kind == nil && collection == nil && tag == nil
            ? "no records yet; quipu import FILE" : "no records fit"
    }
}
