internal import Quipu

struct BackupCommand: Command {
    static let declaration = CommandDeclaration(
        "backup", abstract: "copy the archive into one file, while others use it",
        arguments: [
            .positional("FILE", "where to put it, best on another disk; - for standard output", takes: .file)
        ],
        options: [
            .flag("force", short: "f", "replace an existing file"),
            .flag("records-only", "leave out the files of attachments"),
        ],
        example: "quipu backup press-2026-11-25.sqlite",
        discussion: """
            The files of attachments that are here go into the folder FILE.blobs beside it; keep the two \
            together. The file appears complete or not at all, and any SQLite tool can read it. To work on from it: quipu \
            clone FILE DIR. It holds what mirrors share, not this machine's key and remotes.
            """,
        synonyms: ["dump"])

    private let path: String
    private let isForced: Bool
    private let isRecordsOnly: Bool

    init(_ values: ParsedArguments) {
        path = values.argument("FILE")
        isForced = values.flag("force")
        isRecordsOnly = values.flag("records-only")
    }

    var leavesSomethingDone: Bool { true }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archive(.readOnly)
        if let difference = try archive.layoutDifference() {
            context.output.warn(
                "the archive is not laid out as Quipu does it (\(difference)), and 'quipu clone' will refuse the "
                    + "backup: undo that with the tool that made it")
        }
        let isStream = path == "-" || OutputPath.isSpecial(path)
        if isStream, !isRecordsOnly, try archive.hasFiles() {
            throw QuipuError(
                .fileExists, "the files of attachments cannot go into a stream: \(path)",
                hint: "back up to a file, or leave them out: quipu backup --records-only \(path)")
        }
        let place = path == "-" ? "/dev/stdout" : Remote.absolute(path)
        let sizeBytes = try archive.backUpRecords(to: place, replacesExisting: isForced)
        let files: AttachmentBackup.Outcome
        do {
            files = try isRecordsOnly || isStream ? .init() : archive.backUpFiles(beside: place)
        } catch {
            context.output.warn(
                "the records are backed up in \(path), the files of attachments not all")
            throw error
        }
        // Nothing may follow the archive on the same stream.
        if OutputPath.isStandardOutput(path) { return .done }
        context.output.json([
            "path": JSONText(place), "bytes": JSONText(sizeBytes), "attachments": files.json,
        ])
        context.output.remark(
            "backed up to \(TerminalSanitizer.line(path)) (\(SizeText.of(bytes: sizeBytes)))")
        if isRecordsOnly {
            context.output.advise("  without the files of attachments, as asked for")
        } else {
            files.say(to: context.output, what: "in the backup")
        }
        context.output.advise("  to go on with it: quipu clone \(path) DIR")
        return .done
    }
}
