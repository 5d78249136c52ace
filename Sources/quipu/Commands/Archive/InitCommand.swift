internal import Causality
internal import Storage

struct InitCommand: Command {
    static let declaration = CommandDeclaration(
        "init", abstract: "make a new, empty archive",
        arguments: [.optional("DIR", "the folder to make it in; else the current one")],
        options: [.option("name", value: "NAME", "what to call it; else the folder's name")],
        example: "quipu init reports --name reports-2026",
        discussion: """
            The archive lives in DIR/.quipu. To work on an archive that exists elsewhere, take a clone of it \
            instead: a new archive never becomes a mirror of another.
            """,
        synonyms: ["begin"])

    let folder: String?
    let name: String?

    init(_ values: ParsedArguments) {
        folder = values.optionalArgument("DIR")
        name = values.option("name")
    }

    func run(in context: Context) throws -> ExitCode {
        let path = folder ?? context.options.archive ?? context.currentFolder
        let store = try Store.create(
            in: path, name: name ?? ArchiveName.ofFolder(path), environment: context.environment)
        let output = context.output
        let (name, replica) = (try store.name, try store.origin)
        output.json([
            "archive": JSONText(store.id.hexadecimal), "name": JSONText(name),
            "replica": JSONText(replica.hexadecimal),
            "path": JSONText(store.folder.workPath),
        ])
        output.remark("made the archive '\(name)' in \(HarmlessText.line(store.folder.workPath))")
        output.advise("  next: quipu import FILE; or: quipu add article title=…")
        return .done
    }
}
