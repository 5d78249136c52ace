internal import Glibc

struct TutorialCommand: Command {
    static let declaration = CommandDeclaration(
        "tutorial", abstract: "learn the commands in five minutes, in an archive to throw away",
        options: [.flag("keep", "leave the folder with the archives where it is")], example: "quipu tutorial",
        discussion: """
            Two people import articles, tag and annotate them, make a second mirror, get into a conflict and resolve it. \
            Each command is shown as it would be typed, with what it really prints. Everything happens in a folder of its \
            own, which is removed at the end; nothing else is touched. On a terminal it waits for Return after each step; \
            q or Ctrl-C ends it.
            """)

    private let isKept: Bool

    init(_ values: ParsedArguments) throws(UsageError) { isKept = values.flag("keep") }

    func run(in context: Context) throws -> ExitCode {
        if context.output.isJSON || context.output.isQuiet {
            throw UsageError(
                "'quipu tutorial' is for people, so --json and --quiet have no effect there",
                hint: "leave them out")
        }
        if context.options.archive != nil {
            throw UsageError(
                "'quipu tutorial' makes an archive of its own, so --archive has no effect there",
                hint: "leave it out")
        }
        let stage = try TutorialStage(context)
        var isKept = isKept
        // Whatever happens in between, nothing is left behind that nobody asked for.
        defer { if !isKept { stage.remove() } }
        try stage.prepare()
        let lesson = TutorialLesson(stage)
        let ending = try lesson.play()
        if ending == .finished, !isKept, stage.waits {
            stage.ask("Keep the folder \(stage.folder) to try more? [y/N] ")
            let answer = context.readLine() ?? ""
            isKept = answer.lowercased().hasPrefix("y")
        }
        if isKept {
            stage.say("The folder is kept: \(stage.folder). When you are done with it, remove it.")
        } else {
            stage.say("The folder \(stage.folder) is removed.")
        }
        return ending == .failed ? .failed : .done
    }
}
