internal import Quipu

/// What `list` and `search` have in common: a query, filters, an order and a limit.
struct ListingOptions {
    static let defaultLimit = 50

    static func argument(minimum: Int) -> ArgumentDeclaration {
        .repeated(
            "QUERY", "words, \"a phrase\", begin*, -word, OR, tag:river, before:2026, …: quipu help queries",
            minimum: minimum)
    }

    static let declarations: [OptionDeclaration] = [
        .option("query", value: "QUERY", "likewise, as one word"),
        .option(
            "kind", value: "KIND", "only records of a kind",
            takes: .choice(["article", "annotation", "note", "collection", "attachment"])),
        .option("collection", value: "NAME|ID", "only records in a collection", takes: .collection),
        .option("tag", value: "TAG", "only records with a tag", takes: .tag),
        .flag("deleted", "only deleted records"),
        .option(
            "sort", value: "KEY",
            "relevance, added, date, title or changed; relevance if there are words, else added",
            choices: RecordOrder.names),
        .flag("reverse", short: "r", "in the reverse order"),
        .option(
            "limit", short: "n", value: "N",
            "at most N; 0 for all (\(defaultLimit) if there are words or on a terminal, else all)"),
        .flag("count", "print only how many there are"),
    ]

    let listing: Listing
    let isForCount: Bool
    /// Nil where nobody said.
    private let limit: Int?

    init(_ values: ParsedArguments) throws(UsageError) {
        let words = values.arguments("QUERY").joined(separator: " ")
        if !words.isEmpty, values.flag("query") {
            throw UsageError("there are two queries", hint: "give one of them, as words or with --query")
        }
        var listing = Listing(query: values.option("query") ?? words)
        listing.kind = values.option("kind").map { RecordKind(rawValue: $0.inNormalFormC) }
        listing.collection = values.option("collection")
        listing.tag = try values.option("tag").map { (tag) throws(UsageError) in try TagName.normalised(tag) }
        listing.isForDeleted = values.flag("deleted")
        listing.order = values.option("sort").flatMap { RecordOrder(name: $0) }
        if values.flag("reverse") {
            let order = listing.order ?? (listing.hasWords ? .relevance : .added)
            if order == .relevance {
                throw UsageError(
                    "--reverse has no effect on an order by relevance",
                    hint: "choose another order, for example: --sort date --reverse")
            }
            listing.order = order.reversed
        }
        limit = try values.integer("limit")
        isForCount = values.flag("count")
        try values.requireNone(of: ["sort", "reverse", "limit"], with: "count")
        self.listing = listing
    }

    /// Fails where a filter names a kind that nobody has used, or a collection that there is not: that is a slip.
    func check(in archive: Archive) throws {
        guard listing.kind != nil || listing.collection != nil else { return }
        try archive.read { snapshot in
            if let kind = listing.kind {
                let kinds = try RecordKind.known + snapshot.kindsEverUsed()
                if !kinds.contains(kind) { throw KindName.unknown(kind, among: kinds) }
            }
            if let collection = listing.collection { _ = try snapshot.collections(typed: collection) }
        }
    }

    /// With the number of records that are printed if nobody said how many.
    func limited(for output: Output) -> Listing {
        var listing = listing
        let byDefault = listing.hasWords || output.terminal.outputIsTerminal && !output.isJSON
        let most = limit ?? (byDefault ? Self.defaultLimit : 0)
        listing.limit = most == 0 ? nil : most
        return listing
    }
}
