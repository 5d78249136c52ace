internal import Quipu

struct MergeCommand: Command {
    static let declaration = CommandDeclaration(
        "merge", abstract: "show several records of one article as one",
        arguments: [
            .positional("KEEP", "the record under which they are shown", takes: .record),
            .repeated("OTHER", "a record of the same article", takes: .record),
        ],
        options: [.flag("dry-run", "show what would be hidden, filled or in conflict, and write nothing")],
        example: "quipu merge 3k9x7t2m 8a2bq0vd",
        discussion: """
            Nothing is copied or lost: each OTHER keeps its values and says that it is the same as KEEP. KEEP shows its own \
            values, and those of the others where it has none; annotations, notes and attachments of all of them appear with \
            it. The handles and addresses of the others lead to it, and what is written to one of them goes to it. If somebody \
            on another mirror changes one of the others without knowing of the merge, that is a conflict, as everywhere.

            Where KEEP has no value and the others have several, these are in conflict; the command says so. Among \
            those others are all records that are merged already. 'quipu undo' takes \
            the merge back, and 'quipu unmerge OTHER' takes one record out of it, at any time. Deleting KEEP deletes all of \
            them.
            """,
        makesEdits: true)

    let keep: String
    let others: [String]
    let isDryRun: Bool

    init(_ values: ParsedArguments) {
        keep = values.argument("KEEP")
        others = values.arguments("OTHER")
        isDryRun = values.flag("dry-run")
    }

    var leavesSomethingDone: Bool { !isDryRun }

    func run(in context: Context) throws -> ExitCode {
        let output = context.output
        let archive = try isDryRun ? context.archive(.readOnly) : context.archiveToEdit()
        let (kept, found, fields) = try archive.read { snapshot in
            let kept = try snapshot.find(keep)
            let found = try snapshot.find(all: others)
            return (kept, found, try snapshot.mergePreview(found, into: kept.id))
        }
        var version: Version?
        if !isDryRun {
            version = try archive.edit { t in try t.merge(found, into: kept.id) }.outcome.version
        }
        output.json([
            "id": JSONText(kept.id.uuid), "merged": JSONText(found.map(\.uuid)),
            "version": JSONText(version?.description), "changed": JSONText(version != nil),
            "fields": JSONText(fields.map(\.jsonText)),
        ])
        let names = found.count == 1 ? RecordText.name(found[0]) : counted(found.count, "record")
        output.remark("\(isDryRun ? "would merge" : "merged") \(names) into \(RecordText.title(kept))")
        MergedFieldText(fields: fields, keep: kept.id).print(to: output)
        if !isDryRun {
            output.advise(
                "  to take it back: quipu undo; to take one out later: quipu unmerge \(found[0].handle)")
        }
        return .done
    }
}

/// What a merge does to fields, for people.
private struct MergedFieldText {
    private static let mostFields = 20

    let fields: [MergedField]
    let keep: RecordID

    func print(to output: Output) {
        let columns = max(16, ((output.textWidth ?? 120) - 24) / 2)
        for field in fields.prefix(Self.mostFields) {
            let name = TerminalSanitizer.line(FieldTitle.of(field.field))
            let theirs = field.others.map {
                "\(ValueText.quoted($0.json, columns: columns)) of \($0.record.handle)"
            }
            switch field.effect {
            case .hides:
                output.remark("  \(name): shows \(shown(field, columns))")
                for text in theirs.prefix(3) { output.remark("    hides \(text)") }
            case .fills:
                output.remark("  \(name): shows \(theirs.first ?? "")")
            case .opens:
                output.remark(
                    "  \(name): in conflict, shows \(shown(field, columns)); quipu conflicts \(keep.handle)")
                for text in theirs.prefix(3) { output.remark("    against \(text)") }
            }
            if field.effect != .fills, theirs.count > 3 { output.remark("    and \(theirs.count - 3) more") }
        }
        if fields.count > Self.mostFields {
            output.remark("  and \(fields.count - Self.mostFields) more fields")
        }
    }

    private func shown(_ field: MergedField, _ columns: Int) -> String {
        field.shown.map { ValueText.quoted($0, columns: columns) } ?? "nothing"
    }
}

extension MergedField {
    fileprivate var jsonText: JSONText {
        JSONText(members: [
            ("field", JSONText(field)), ("effect", JSONText(effect.rawValue)),
            ("shown", shown.map { JSONText(raw: $0) } ?? nil),
            (
                "others",
                JSONText(
                    others.map {
                        JSONText(members: [
                            ("id", JSONText($0.record.uuid)), ("value", JSONText(raw: $0.json)),
                        ])
                    })
            ),
        ])
    }
}
