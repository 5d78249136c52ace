internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

struct AddCommand: Command {
    static let declaration = CommandDeclaration(
        "add", abstract: "make a record by hand",
        arguments: [
            .positional("KIND", "article, note, collection, …"),
            .repeated("FIELD=VALUE", "a field's value as text; FIELD:=JSON for any JSON"),
        ],
        example: "quipu add article 'title=A strike in the north' date=2026-03-04",
        discussion: discussion,
        synonyms: ["new", "create"], makesEdits: true)

    private static var discussion: String {
        let kinds = Kinds.known.all.map { "\($0.name) (\($0.settableFields.joined(separator: ", ")))" }
        return """
            Kinds and their fields: \(kinds.joined(separator: "; ")). \
            Fields of your own begin with \(Kinds.ownFieldPrefix). An article goes into a collection with \
            collections/NAME=true, and takes a tag with tags/TAG=true. \(TypedText.explanation)
            """
    }

    let kind: String
    let assignments: [Assignment]

    init(_ values: ParsedArguments) throws(UsageError) {
        kind = values.argument("KIND").nfc
        assignments = try Assignment.all(values, "FIELD=VALUE")
    }

    func run(in context: Context) throws -> ExitCode {
        let author = try context.author()
        let assignments = try assignments.map { try $0.read() }
        let kind = try knownKind()
        let store = try context.openStore(.readWrite)
        let changes = try assignments.map { try $0.change(kind: kind, store: store) }
        try kind.check(required: changes.map(\.field))
        try CollectionNames.check(changes, kind: kind.name, id: nil, in: store)

        let id = try newID(changes, in: store)
        let outcome = try store.edit([Edit(id: id, kind: kind.name, changes: changes)], author: author)
        guard let record = try store.view(id, kind: kind.name) else {
            throw StorageError(.internalFailure, "the new record cannot be found")
        }
        let output = context.output
        output.json([
            "id": JSONText(id.text), "handle": JSONText(id.shortHandle), "kind": JSONText(kind.name),
            "version": JSONText((outcome.version ?? record.version).description),
        ])
        output.line(output.isQuiet ? id.text : "added \(RecordText.title(record))")
        return .done
    }

    /// A collection is the same wherever it is made, so its id follows from its name.
    private func newID(_ changes: [Edit.Change], in store: Store) throws -> RecordID {
        guard kind == "collection",
            let name = changes.first(where: { $0.field == "name" }).flatMap({ decodeString($0.json) })
        else { return .timeOrdered(store.environment) }
        return try store.collections.newID(named: name)
    }

    private func knownKind() throws -> Kinds.Kind {
        if let found = Kinds.known[kind] { return found }
        guard let near = Suggestion.closest(to: kind, among: Kinds.known.names) else {
            return try Kinds.known.kind(named: kind)
        }
        throw StorageError(
            .unknownKind, "there is no kind '\(kind)'",
            hint: "did you mean '\(near)'? kinds are: \(Kinds.known.names.joined(separator: ", "))")
    }
}
