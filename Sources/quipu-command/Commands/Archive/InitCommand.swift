internal import Quipu

struct InitCommand: Command {
    static let declaration = CommandDeclaration(
        "init", abstract: "make a new, empty archive",
        arguments: [.optional("DIR", "the folder to make it in; else the current one", takes: .folder)],
        options: [
            .option("name", value: "NAME", "what to call it; else the folder's name"), ArchiveSharing.option,
        ],
        example: "quipu init reports --name reports-2026",
        discussion: """
            The archive lives in DIR/.quipu. To work on an archive that exists elsewhere, take a clone of it \
            instead: a new archive never becomes a mirror of another.
            Nobody else can read what is in DIR/.quipu. With --shared, and in a folder that is set up for a group \
            (chmod g+ws, umask 002), the group can read and write: each member under a key of their own.
            """,
        synonyms: ["begin"])

    let folder: String?
    let name: String?
    let isShared: Bool

    init(_ values: ParsedArguments) {
        folder = values.optionalArgument("DIR")
        name = values.option("name")
        isShared = values.flag("shared")
    }

    var leavesSomethingDone: Bool { true }

    func run(in context: Context) throws -> ExitCode {
        if let folder, let other = context.options.archive {
            throw UsageError(
                "DIR and --archive both say where: \(folder), \(other)", hint: "quipu init \(folder)")
        }
        let path = folder ?? context.options.archive ?? context.currentFolder
        if isShared { try ArchivePlace.prepareShared(in: path) }
        let archive = try Archive.create(
            at: path, named: name ?? ArchiveName.ofFolder(path), in: context.environment)
        let replica = try archive.replica()
        let output = context.output
        output.json([
            "archive": JSONText(archive.identifier), "name": JSONText(archive.name),
            "replica": JSONText(replica), "path": JSONText(archive.path),
        ])
        let sharing = ArchiveSharing.text(of: archive.place)
        output.remark(
            "made the archive '\(archive.name)' in \(TerminalSanitizer.line(archive.path))\(sharing)")
        try context.askForAuthor()
        output.advise("  next: quipu import FILE; or: quipu add article title=…")
        return .done
    }
}
