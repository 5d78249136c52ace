internal import Quipu

struct UndoCommand: Command {
    static let declaration = CommandDeclaration(
        "undo", abstract: "take back what a command did",
        arguments: [
            .optional("ENTRY", "an entry of the log; else the last one of this mirror", takes: .entry)
        ],
        options: [.flag("dry-run", "show what would be taken back, and write nothing")],
        example: "quipu undo --dry-run",
        discussion: """
            Takes an entry of 'quipu log' back as a whole, also one of somebody else, or an import of many articles. What the \
            entry replaced comes back wherever its value is still there, and a record that it made is deleted. What others \
            have changed since is left and listed, and the exit code is then 1. If the entry settled a conflict, the conflict \
            is open again.

            Without ENTRY it takes the last entry that this mirror wrote and that nobody has undone, so 'quipu undo' twice \
            takes back two entries. 'quipu redo' brings back what was undone last; 'quipu undo ENTRY' with the entry of an undo does \
            the same for that one.

            An undo is an ordinary edit: it stays in the history and syncs to all mirrors. If two people import the same file \
            and both undo it, they agree. Importing that file again leaves it undone; 'quipu import --restore' brings back the \
            articles that it deleted, 'quipu redo' the rest too. A purge cannot be undone.
            """,
        synonyms: ["unimport"], makesEdits: true)

    let entry: String?
    let isDryRun: Bool

    init(_ values: ParsedArguments) {
        entry = values.optionalArgument("ENTRY")
        isDryRun = values.flag("dry-run")
    }

    var leavesSomethingDone: Bool { !isDryRun }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        let found = try archive.read { snapshot in
            if let entry { return try UndoPresentation.find(entry, in: snapshot) }
            guard let last = try snapshot.lastOwnEntry() else {
                throw QuipuError(
                    .init(rawValue: "nothing-to-undo"),
                    "there is nothing to undo: this mirror wrote nothing that is not undone",
                    hint: "name an entry from: quipu log; as in: quipu undo ENTRY")
            }
            return last
        }
        return try UndoPresentation(
            archive: archive, entry: found, isDryRun: isDryRun, isNamed: entry != nil, output: context.output
        ).run()
    }
}

struct RedoCommand: Command {
    static let declaration = CommandDeclaration(
        "redo", abstract: "bring back what was undone last",
        options: [.flag("dry-run", "show what would be brought back, and write nothing")],
        example: "quipu redo",
        discussion: """
            Takes back the last 'quipu undo' of this mirror, and after that the one before it, as long as nothing else was \
            done since. Any undo can be taken back by name: quipu undo ENTRY.
            """, makesEdits: true)

    let isDryRun: Bool

    init(_ values: ParsedArguments) { isDryRun = values.flag("dry-run") }

    var leavesSomethingDone: Bool { !isDryRun }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        guard let entry = try archive.read({ try $0.lastOwnUndo() }) else {
            throw QuipuError(
                .init(rawValue: "nothing-to-redo"),
                "there is nothing to redo: nothing was undone, or something else was done since",
                hint: "an undo can be taken back by its entry in quipu log: quipu undo ENTRY")
        }
        return try UndoPresentation(
            archive: archive, entry: entry, isDryRun: isDryRun, isNamed: true, output: context.output
        ).run()
    }
}
