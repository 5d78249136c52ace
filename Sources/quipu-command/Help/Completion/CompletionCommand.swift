struct CompletionCommand: Command {
    static let declaration = CommandDeclaration(
        "completion", abstract: "print the script by which a shell completes what is typed",
        arguments: [
            .positional(
                "SHELL", "bash, zsh or fish", takes: .choice(CompletionScript.allCases.map(\.rawValue)))
        ],
        example: "quipu completion bash",
        discussion: """
            Commands, options and their choices are completed, and what the archive has: ids with their titles, tags, \
            collections, remotes; also files and folders.

            In ~/.bashrc, in ~/.zshrc after compinit, or in ~/.config/fish/config.fish:
              source <(quipu completion bash)
              source <(quipu completion zsh)
              quipu completion fish | source

            The package for Debian has the scripts where the shells look for them.
            """)

    private let script: CompletionScript

    init(_ values: ParsedArguments) throws(UsageError) {
        let shell = values.argument("SHELL")
        guard let script = CompletionScript(rawValue: shell) else {
            throw UsageError(
                "there is no completion for '\(TerminalSanitizer.line(shell))'",
                hint: "there is for: \(CompletionScript.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.script = script
    }

    func run(in context: Context) throws -> ExitCode {
        if context.output.isJSON { throw UsageError(noJSONFor: "'quipu completion' prints a script") }
        context.output.standard.write(script.text)
        return .done
    }
}
