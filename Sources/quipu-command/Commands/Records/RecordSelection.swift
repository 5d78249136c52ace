internal import Glibc
internal import Quipu

/// The records that a command is about: ids and handles, `-` for ids from standard input, or all that fit a query.
struct RecordSelection: Sendable {
    /// - Parameter help: what it is about: "a record's id or handle".
    static func argument(_ help: String, takes: ValueKind = .record) -> ArgumentDeclaration {
        .repeated(
            "ID", "\(help), of which four letters suffice; - reads ids from standard input", minimum: 0,
            takes: takes)
    }

    static let query = OptionDeclaration.option(
        "query", value: "QUERY", "all records that fit a query, instead of IDs")
    /// For commands whose effect on many records is asked about.
    static let agreement = OptionDeclaration.flag("yes", short: "y", "do not ask")

    /// For help pages.
    static let explanation = """
        \n
        Several records may be given: all of them change in one step, which is one entry of the log, or none does. \
        With - in place of an ID, ids are read from standard input, one a line: the first word, as 'quipu list' \
        prints it, or the id of a line of --json. --query takes all records that fit (quipu help queries).
        """

    /// More records than this, found by a query, are deleted or purged only by somebody who agrees.
    static let mostUnasked = 20

    private let words: [String]
    private let query: String?
    /// Whether only deleted records are meant, which a query leaves out otherwise.
    private let isForDeleted: Bool

    init(_ values: ParsedArguments, isForDeleted: Bool = false) throws(UsageError) {
        words = values.arguments("ID")
        query = values.option("query")
        self.isForDeleted = isForDeleted
        let name = values.declaration.name
        if query != nil, let word = words.first {
            throw UsageError(
                "'quipu \(name)' takes records by their ids or by --query, not both: '\(word)'",
                hint: "leave one of them out")
        }
        if let query, query.allSatisfy(\.isWhitespace) {
            throw UsageError("--query is blank", hint: "say which records: --query tag:draft")
        }
        guard query != nil || !words.isEmpty else {
            throw UsageError(
                "'quipu \(name)' needs ID",
                hint:
                    "name records by their handles, read ids from standard input with -, or give --query QUERY"
            )
        }
    }

    /// Whether standard input is needed for the ids.
    var readsStandardInput: Bool { words.contains("-") }

    /// The same with the ids that come from standard input, which is read now.
    func read() throws -> RecordNames {
        var names: [String] = []
        for word in words {
            if word == "-" { names += try RecordIDReader.names(of: STDIN_FILENO) } else { names.append(word) }
        }
        return RecordNames(names: names, query: query, isForDeleted: isForDeleted)
    }
}

/// A selection whose words are all there.
struct RecordNames: Sendable {
    let names: [String]
    let query: String?
    let isForDeleted: Bool

    /// The records, each once, in the order in which they are named.
    ///
    /// - Parameter hint: what to say about a name that no record has; nil for the usual.
    /// - Throws: `QuipuError` that names all that name no record or several; for a query that was not understood.
    func ids(
        in snapshot: borrowing Snapshot, hint: (_ unknown: [String]) -> String? = { _ in nil }
    ) throws -> [RecordID] {
        if let query { return try ids(matching: query, in: snapshot) }
        do {
            return try snapshot.find(all: names)
        } catch let unresolved as UnresolvedRecords {
            let unknown = unresolved.failures.filter { $0.error.code == .unknownRecord }.map(\.text)
            for word in unknown {
                if QueryWord.isFilter(word),
                    !RecordKind.known.contains(where: { word.hasPrefix("\($0.rawValue):") })
                {
                    throw QuipuError(
                        .unknownRecord, "'\(word)' is a query", hint: "write --query '\(word)'")
                }
                if let id = try? snapshot.collection(word) {
                    throw unresolved.error.hinting("the collection '\(word)' is \(id.handle)")
                }
            }
            throw hint(unknown).map { unresolved.error.hinting($0) } ?? unresolved.error
        }
    }

    /// What is changed wholesale must be what was meant: a query that would be searched as words is refused.
    private func ids(matching query: String, in snapshot: borrowing Snapshot) throws -> [RecordID] {
        let found = try snapshot.recordIDs(matching: isForDeleted ? "(\(query)) is:deleted" : query)
        // Parentheses around a query must not close those that it leaves open.
        let isRead = found.notes + (isForDeleted ? QueryNote.onReading(query) : [])
        guard isRead.leaveQueryAsTyped else {
            throw QuipuError(
                .badOption, isRead.mistakes.map(\.message).joined(separator: "; "),
                hint:
                    "nothing was done; see what a query finds: quipu list, and how it is written: quipu help queries"
            )
        }
        return found.ids
    }

    /// Asks whether so many records that a query found are to be changed.
    ///
    /// - Parameter what: "delete".
    /// - Throws: `UsageError` where nobody can be asked.
    func isAgreed(_ what: String, count: Int, in context: Context) throws(UsageError) -> Bool {
        guard query != nil, count > RecordSelection.mostUnasked else { return true }
        guard context.canAsk else {
            throw UsageError(
                "the query finds \(counted(count, "record")); nothing was done",
                hint: "to \(what) them all: --yes; to look at them first: quipu list")
        }
        return context.asksYes("\(what) \(counted(count, "record"))")
    }
}
