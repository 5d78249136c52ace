internal import Glibc
internal import Quipu

/// The records that a command is about: ids and handles, and `-` for ids from standard input.
struct RecordSelection: Sendable {
    /// - Parameter help: what it is about: "a record's id or handle".
    static func argument(_ help: String, takes: ValueKind = .record) -> ArgumentDeclaration {
        .repeated("ID", "\(help); - reads ids from standard input", minimum: 0, takes: takes)
    }

    /// For help pages.
    static let explanation = """
        Several records may be given: all of them change in one step, which is one entry of the log, or none does. \
        With - in place of an ID, ids are read from standard input, one a line: the first word, as 'quipu list' \
        prints it, or the id of a line of --json.
        """

    private let words: [String]

    init(_ values: ParsedArguments) throws(UsageError) {
        words = values.arguments("ID")
        guard !words.isEmpty else {
            throw UsageError(
                "'quipu \(values.declaration.name)' needs ID",
                hint: "name records by their handles, or read ids from standard input with -")
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
        return RecordNames(names: names)
    }
}

/// A selection whose words are all there.
struct RecordNames: Sendable {
    let names: [String]

    /// The records, each once, in the order in which they are named.
    ///
    /// - Parameter hint: what to say about a name that no record has; nil for the usual.
    /// - Throws: `QuipuError` that names all that name no record or several.
    func ids(
        in snapshot: borrowing Snapshot, hint: (_ unknown: [String]) -> String? = { _ in nil }
    ) throws -> [RecordID] {
        do {
            return try snapshot.find(all: names)
        } catch let unresolved as UnresolvedRecords {
            let unknown = unresolved.failures.filter { $0.error.code == .unknownRecord }.map(\.text)
            throw hint(unknown).map { unresolved.error.hinting($0) } ?? unresolved.error
        }
    }
}
