internal import Quipu

struct AddCommand: Command {
    static let declaration = CommandDeclaration(
        "add", abstract: "add a record by hand",
        arguments: [
            .positional(
                "KIND", "article, note, collection, …", takes: .choice(["article", "note", "collection"])),
            .repeated("FIELD=VALUE", "a field's value as text; FIELD:=JSON for any JSON", takes: .assignment),
        ],
        example: "quipu add article 'title=A strike in the north' date=2026-03-04",
        discussion: discussion,
        synonyms: ["new", "create"], makesEdits: true)

    private static var discussion: String {
        let kinds = RecordKind.known.compactMap(\.schema)
            .map { "\($0.kind) (\($0.settableFields.joined(separator: ", ")))" }
        return """
            Kinds and their fields: \(kinds.joined(separator: "; ")). \
            Fields of your own begin with \(KindSchema.ownFieldPrefix). An article goes into a collection with \
            collections/NAME=true, and takes a tag with tags/TAG=true. \(TypedText.explanation)
            """
    }

    let kind: RecordKind
    let assignments: [Assignment]

    init(_ values: ParsedArguments) throws(UsageError) {
        kind = RecordKind(rawValue: values.argument("KIND").inNormalFormC)
        assignments = try Assignment.all(values, "FIELD=VALUE")
    }

    func run(in context: Context) throws -> ExitCode {
        let author = try context.author()
        let assignments = try assignments.map { try $0.read() }
        if kind.schema == nil { throw unknownKind }
        let archive = try context.archive(.readWrite, author: author)
        let ((id, respelled), outcome) = try archive.edit { t in
            let values = try Assignment.values(assignments, for: kind, in: t)
            if kind != .collection, !values.contains(where: { Self.saysSomething($0.json) }) {
                throw QuipuError(
                    .missingField, "a record without any value is not added",
                    hint: "give it one, as in: quipu add \(kind) 'title=A strike in the north'")
            }
            let id = try CollectionName.hinting(values) { try t.make(kind, values) }
            return (id, Assignment.respelled(assignments, values))
        }
        guard let record = try archive.read({ try $0.record(id) }) else {
            throw QuipuError(.internalFailure, "the new record cannot be found")
        }
        let output = context.output
        output.json([
            "id": JSONText(id.uuid), "handle": JSONText(id.handle), "kind": JSONText(kind.rawValue),
            "version": JSONText((outcome.version ?? record.version).description),
        ])
        output.line(output.isQuiet ? id.uuid : "added \(RecordText.title(record))")
        for (field, word) in respelled {
            output.remark("  \(TerminalSanitizer.line(field)) is kept as \(TerminalSanitizer.line(word))")
        }
        return .done
    }

    private static func saysSomething(_ json: [UInt8]) -> Bool {
        let value = Value(json: json)
        return value?.string.map { !$0.allSatisfy(\.isWhitespace) }
            ?? ![[UInt8]("null".utf8), Array("[]".utf8), Array("{}".utf8), Array("false".utf8)].contains(json)
    }

    private var unknownKind: QuipuError {
        let near = Suggestion.closest(to: kind.rawValue, among: RecordKind.known.map(\.rawValue))
        let all = "kinds are: \(KindName.all)"
        return QuipuError(
            .unknownKind, "there is no kind '\(kind)'",
            hint: near.map { "did you mean '\($0)'? \(all)" } ?? all)
    }
}
